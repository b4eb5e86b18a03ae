import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import type { JsonKey } from '../json.ts';
import { targetArguments } from '../target.ts';

/** What is told of one account. */
export const statusKeys: readonly JsonKey[] = [
  ['account', 'the name of the account, or USER@HOST'],
  ['host', 'the server'],
  ['user', 'the name to log in with'],
  ['messages', 'how many there are; null: the account failed'],
  ['octets', 'how large they are together; null: the account failed'],
  ['mechanism', 'the way of the login, such as SCRAM-SHA-256; null: the account failed'],
  ['tls', 'the version of TLS, such as TLSv1.3; null: none, or the account failed'],
  ['error', 'why the account failed; null: it did not'],
  ['exitCode', 'what the exit code would be for this account alone'],
];

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
  json: { form: 'object', shapes: [{ when: 'of several accounts, an array of these', keys: statusKeys }] },
  load: () => import('../../command/status.ts'),
};
