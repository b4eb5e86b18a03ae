import { isPop3Error, type Pop3Client } from '@postrider/pop3';
import { logIn, planLogin } from '../connection/login.ts';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { during, exitCode, UsageError } from '../failure/index.ts';
import type { Invocation } from '../flag/definition.ts';
import { jsonFlag } from '../flag/general.ts';
import { headersFlag, rawFlag, saveFlag } from '../flag/message.ts';
import { messageNumbers, numberMissing } from '../message/number.ts';

// What is parsed is held in memory; nobody reads more than this on a terminal. As JSON, six times as much is a string still.
const longest = 80_000_000;

/** `postrider show`. */
export async function run(context: Context): Promise<number> {
  const { invocation } = context;
  const { target, rest } = await findTarget(context);
  const [number, more] = messageNumbers(rest);
  if (number === undefined || more !== undefined)
    throw numberMissing(invocation.definition, 'one message-number', target);
  refuseContradictions(invocation);
  const { client, where } = await logIn(context, await planLogin(context, target));
  try {
    await during(where, `reading message ${number}`, show(context, client, number));
    await client.quit().catch(() => {});
    return exitCode.done;
  } finally {
    client.destroy();
  }
}

async function show(context: Context, client: Pop3Client, number: number): Promise<void> {
  const { invocation, output } = context;
  const content = invocation.get(headersFlag) ? client.top(number, 0) : client.retrieve(number);
  if (invocation.get(rawFlag)) {
    if (output.isTerminal)
      output.note(
        'note: on a terminal, control characters are shown as escapes; a file or a pipe gets the exact octets',
      );
    await output.writeContent(content);
    return;
  }
  const octets = await content.bytes({ maximum: longest }).catch(refuseLength);
  const { headerFields, showMessage } = await import('../message/show.ts');
  if (!invocation.get(headersFlag)) await showMessage(context, octets, invocation.get(saveFlag));
  else if (output.json) output.printJson({ headers: await headerFields(octets) });
  else
    output.print(
      Buffer.from(octets)
        .toString('utf8')
        .split(/\r?\n\r?\n/, 1)[0]
        ?.trimEnd() ?? '',
    );
}

async function refuseLength(error: unknown): Promise<never> {
  if (!isPop3Error(error) || error.code !== 'ERR_POP3_LIMIT' || error.fatal) throw error;
  const { unreadable } = await import('../message/parse.ts');
  throw unreadable(error.message, error);
}

function refuseContradictions(invocation: Invocation): void {
  const raw = invocation.has(rawFlag);
  if (raw && invocation.has(jsonFlag))
    throw new UsageError('--raw and --json contradict each other', 'Give one of them.');
  if (!invocation.has(saveFlag)) return;
  const other = raw ? rawFlag : invocation.has(headersFlag) ? headersFlag : undefined;
  if (other !== undefined)
    throw new UsageError(`--${saveFlag.name} and --${other.name} contradict each other`, 'Give one of them.');
}
