import type { CommandDefinition } from '../definition.ts';
import { plainGroup } from '../general.ts';
import { topicNames } from '../topic-name.ts';

export const help: CommandDefinition = {
  path: ['help'],
  summary: 'Explain a command or a topic',
  description: [
    `Explains a command, or one of the topics ${topicNames.slice(0, -1).join(', ')} and ${topicNames.at(-1)}.`,
  ],
  usage: ['[COMMAND | TOPIC]'],
  arguments: [],
  count: [0, 2],
  completes: topicNames,
  groups: [plainGroup],
  examples: [{ command: 'postrider help exit-codes', explanation: 'What the exit code says' }],
  load: () => import('../../command/help.ts'),
};
