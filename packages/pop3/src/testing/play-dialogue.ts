import { concatenate } from '../protocol/index.ts';
import type { Dialogue, DialogueStep, OctetsStep, Role } from './dialogue.ts';
import { DialogueError } from './dialogue-error.ts';
import { ClientPlayer } from './play-as-client.ts';
import { ServerPlayer } from './play-as-server.ts';
import type { Split } from './split.ts';

/** How a dialogue is played. */
export interface PlayOptions {
  /** The side under test. */
  readonly role: Role;
  /** How the octets that it receives are cut; `whole` where it is left out. */
  readonly split?: Split | undefined;
}

/**
 * Plays a dialogue against a `ClientConnection` or a `ServerConnection`: feeds it the other side's octets, has it write its own,
 * and checks every `=` line. Without any I/O, and synchronously.
 *
 * @returns what was written and seen, one line each.
 * @throws DialogueError that points to the first line that did not go as it says.
 */
export function playDialogue(dialogue: Dialogue, options: PlayOptions): readonly string[] {
  const { role, split = 'whole' } = options;
  if (!dialogue.roles.includes(role)) {
    throw new DialogueError(`this dialogue is not for a ${role}`, { file: dialogue.file, line: 1 });
  }
  const player = role === 'client' ? new ClientPlayer(dialogue, split) : new ServerPlayer(dialogue, split);
  const { witness } = player;
  for (const group of groupSteps(dialogue.steps, role)) {
    const [first] = group;
    if (first === undefined) continue;
    if (first.type === 'expect') {
      witness.check(first, (expectation) => player.standing(expectation));
      continue;
    }
    witness.turn(first.line);
    if (first.type === 'directive') player.act(first.action.name);
    else
      play(
        player,
        group.filter((step) => step.type === 'octets'),
        first,
        role,
      );
  }
  witness.turn(dialogue.steps.at(-1)?.line ?? 1);
  return witness.transcript;
}

function play(
  player: ClientPlayer | ServerPlayer,
  steps: readonly OctetsStep[],
  first: OctetsStep,
  role: Role,
): void {
  const octets = concatenate(steps.map((step) => step.octets));
  if (first.from !== role) player.receive(octets);
  else if (player instanceof ClientPlayer) player.say(steps);
  else player.say(first.line, octets);
}

/** Octets that one side sends in a row go together; everything else stands alone. */
function groupSteps(steps: readonly DialogueStep[], role: Role): DialogueStep[][] {
  const groups: DialogueStep[][] = [];
  for (const step of steps) {
    if (step.type === 'expect' && step.role !== undefined && step.role !== role) continue;
    const group = groups.at(-1);
    const last = group?.at(-1);
    const joins = step.type === 'octets' && last?.type === 'octets' && last.from === step.from;
    if (joins) group?.push(step);
    else groups.push([step]);
  }
  return groups;
}
