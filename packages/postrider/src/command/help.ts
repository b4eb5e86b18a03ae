import { nearest } from '../config/nearest.ts';
import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { commandName } from '../flag/definition.ts';
import { helpFor, programHelp } from '../flag/help.ts';
import { topics } from '../help/topic.ts';

/** `postrider help`. */
export async function run({ invocation, output, commands }: Context): Promise<number> {
  const topicNames = topics.map((one) => one.name);
  const name = invocation.arguments.join(' ');
  const topic = topics.find((one) => one.name === name);
  const text = topic?.text() ?? helpFor(name, commands);
  if (name === '') output.print(programHelp(commands, topicNames).trimEnd());
  else if (text !== undefined) output.print(text.trimEnd());
  else {
    const names = [...topicNames, ...commands.map(commandName)];
    const meant = nearest(name, names);
    throw new UsageError(
      `there is no help about '${name}'`,
      meant === undefined ? `There is: ${names.join(', ')}.` : `Did you mean '${meant}'?`,
    );
  }
  return exitCode.done;
}
