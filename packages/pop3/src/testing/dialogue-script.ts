import { decodeLatin1 } from '../protocol/index.ts';
import type { Dialogue, DialogueAction } from './dialogue.ts';
import { DialogueError } from './dialogue-error.ts';
import { formatLiteral } from './literal.ts';
import type { Script, ScriptedPeer, SendOptions } from './scripted-server.ts';

/** How a dialogue is spoken over a network. */
export interface DialogueScriptOptions extends SendOptions {
  /** What `! tls` needs. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * Makes a script for {@link startScriptedServer} out of a dialogue: the server's lines are sent, the client's must come as they are
 * written, and every directive happens. `=` lines are passed over: what a client of yours sees is for your test to say.
 *
 * The script rejects with a DialogueError that points to the line where the client did something else.
 */
export function dialogueScript(dialogue: Dialogue, options: DialogueScriptOptions = {}): Script {
  const { tls, ...sending } = options;
  return async (peer) => {
    let pace: SendOptions = sending;
    for (const step of dialogue.steps) {
      if (step.type === 'octets') {
        if (step.from === 'server') await peer.send(step.octets, pace);
        else await expectLine(dialogue, step.line, peer, step.octets);
      } else if (step.type === 'directive') {
        const { action } = step;
        if (action.name === 'drip') {
          pace = action.milliseconds > 0 ? { split: 1, pause: action.milliseconds } : sending;
        } else if (action.name === 'tls' && tls === undefined) {
          throw new DialogueError('"! tls" needs a certificate', { file: dialogue.file, line: step.line });
        } else {
          await act(peer, action, tls);
        }
      }
    }
  };
}

async function expectLine(
  dialogue: Dialogue,
  line: number,
  peer: ScriptedPeer,
  octets: Uint8Array,
): Promise<void> {
  const expected = decodeLatin1(octets).replace(/\r?\n$/, '');
  const show = (text: string): string => formatLiteral(Uint8Array.from(text, (one) => one.charCodeAt(0)));
  const mismatch = (actual: string): DialogueError =>
    new DialogueError('the client does something else', {
      file: dialogue.file,
      line,
      expected: `C: ${show(expected)}`,
      actual,
    });
  const actual = await peer.line().catch(() => {
    throw mismatch('it closes');
  });
  if (actual !== expected) throw mismatch(`C: ${show(actual)}`);
}

async function act(
  peer: ScriptedPeer,
  action: DialogueAction,
  tls: { readonly cert: string; readonly key: string } | undefined,
): Promise<void> {
  switch (action.name) {
    case 'tls':
      if (tls !== undefined) await peer.startTls(tls);
      break;
    case 'server closes':
      peer.close();
      break;
    case 'server resets':
      peer.reset();
      break;
    case 'client closes':
    case 'server stalls':
      await peer.stall();
      break;
    default:
      await new Promise((resolve) => setTimeout(resolve, action.milliseconds));
  }
}
