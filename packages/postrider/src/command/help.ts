import type { Context } from '../context.ts';
import { UsageError } from '../failure/index.ts';
import { commandName } from '../flag/definition.ts';
import { commandHelp, programHelp } from '../flag/help.ts';
import { topics } from '../help/topic.ts';

/** `postrider help`. */
export async function run({ invocation, output, commands }: Context): Promise<number> {
  const topicNames = topics.map((one) => one.name);
  const name = invocation.arguments.join(' ');
  const topic = topics.find((one) => one.name === name);
  const definition = commands.find((command) => commandName(command) === name);
  if (name === '') output.print(programHelp(commands, topicNames).trimEnd());
  else if (topic !== undefined) output.print(topic.text());
  else if (definition !== undefined) output.print(commandHelp(definition).trimEnd());
  else
    throw new UsageError(
      `there is no help about '${name}'`,
      `There is: ${[...topicNames, ...commands.map(commandName)].join(', ')}`,
    );
  return 0;
}
