import type { CommandDefinition } from '../definition.ts';
import { plainGroup } from '../general.ts';

export const help: CommandDefinition = {
  path: ['help'],
  summary: 'Explain a command or a topic',
  description: ['Explains a command, or one of the topics exit-codes, security, gmail and outlook.'],
  usage: ['[COMMAND | TOPIC]'],
  arguments: [],
  count: [0, 2],
  completes: ['exit-codes', 'security', 'gmail', 'outlook'],
  groups: [plainGroup],
  examples: [{ command: 'postrider help exit-codes', explanation: 'What the exit code says' }],
  load: () => import('../../command/help.ts'),
};
