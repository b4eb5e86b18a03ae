import { toFlag } from '../collect.ts';
import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import type { JsonKey } from '../json.ts';
import { oauthGroup } from '../oauth.ts';
import { statusKeys } from './status.ts';

const accountKeys: readonly JsonKey[] = [
  ['name', 'its name'],
  ['host', 'the server'],
  ['user', 'the name to log in with'],
  ['port', 'the TCP port; null: the usual one'],
  ['security', 'tls, starttls or none'],
];

export const accounts: CommandDefinition = {
  path: ['accounts'],
  summary: 'List the accounts of the configuration',
  description: ['Lists the accounts of the configuration file.'],
  usage: [''],
  arguments: [],
  count: [0, 0],
  groups: [generalGroup],
  examples: [{ command: 'postrider accounts', explanation: 'Name, host, user' }],
  json: { form: 'array', shapes: [{ keys: [...accountKeys, ['to[]', 'where collect delivers']] }] },
  load: () => import('../../command/accounts.ts'),
};

export const accountsAdd: CommandDefinition = {
  path: ['accounts', 'add'],
  summary: 'Add an account: finds the server, tries the login, and saves it',
  description: [
    'Asks for the mail address, finds its server, asks for the password or has you sign in, and logs in. Only what works is saved: the account in the configuration file, the password or the tokens in the keyring, or, where there is none, in a file that only you can read. Options are saved with the account.',
  ],
  usage: ['[ADDRESS]'],
  arguments: [{ name: 'ADDRESS', description: 'The mail address, such as ann@example.org' }],
  count: [0, 1],
  groups: [{ title: 'Options', flags: [toFlag] }, connectionGroup, loginGroup, oauthGroup, generalGroup],
  examples: [
    { command: 'postrider accounts add ann@example.org', explanation: 'Asks for what cannot be found out' },
    {
      command:
        "postrider accounts add ann@example.org --password-command 'pass show mail/ann' --to maildir:Mail",
      explanation: 'The password comes from a command each time, and is kept nowhere',
    },
  ],
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ...accountKeys,
          ['path', 'the configuration file'],
          ['store', 'where its password or tokens are kept; null: a command or a file gives them'],
        ],
      },
    ],
  },
  load: () => import('../../command/accounts-add.ts'),
};

export const accountsRemove: CommandDefinition = {
  path: ['accounts', 'remove'],
  summary: 'Remove an account and forget its password or tokens',
  description: [
    'Takes an account out of the configuration file and its password out of the keyring; tokens are also revoked, as by logout. Its mail and what is known of it stay.',
  ],
  usage: ['ACCOUNT'],
  arguments: [{ name: 'ACCOUNT', description: 'The name of an account in the configuration file' }],
  count: [1, 1],
  completes: 'account',
  groups: [generalGroup],
  examples: [{ command: 'postrider accounts remove work', explanation: 'Its mail stays where it is' }],
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ['name', 'its name'],
          ['path', 'the configuration file'],
        ],
      },
    ],
  },
  load: () => import('../../command/accounts-remove.ts'),
};

export const accountsTest: CommandDefinition = {
  path: ['accounts', 'test'],
  summary: 'Log in to every account, and tell how that went',
  description: [
    'Logs in to the accounts of the configuration, several at once, and prints a table: the way each login took, or the reason why it failed.',
  ],
  usage: ['[ACCOUNT...]'],
  arguments: [{ name: 'ACCOUNT', description: 'The name of an account in the configuration file' }],
  count: [0, Number.POSITIVE_INFINITY],
  completes: 'account',
  groups: [connectionGroup, generalGroup],
  examples: [{ command: 'postrider accounts test', explanation: 'All of them, in parallel' }],
  json: { form: 'array', shapes: [{ keys: statusKeys }] },
  load: () => import('../../command/accounts-test.ts'),
};
