import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import { targetArguments } from '../target.ts';

export const status: CommandDefinition = {
  path: ['status'],
  summary: 'Log in and tell how many messages there are',
  description: [
    'Logs in, prints how many messages the maildrop holds and how large they are together, and logs out. Nothing in the maildrop is touched.',
    'With several accounts, or with none named and some configured, it prints a table.',
  ],
  usage: ['HOST USER', '[ACCOUNT...]'],
  arguments: targetArguments,
  count: [0, Number.POSITIVE_INFINITY],
  completes: 'account',
  groups: [connectionGroup, loginGroup, generalGroup],
  examples: [
    { command: 'postrider status pop.example.org ann@example.org', explanation: 'Asks for the password' },
    { command: 'postrider status', explanation: 'Every account of the configuration file, in a table' },
    {
      command: "postrider status pop.example.org ann --password-command 'pass show mail/ann' --json",
      explanation: 'For scripts',
    },
  ],
  load: () => import('../../command/status.ts'),
};
