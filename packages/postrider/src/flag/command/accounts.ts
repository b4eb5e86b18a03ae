import { caFlag, connectionGroup, portFlag, proxyFlag, securityFlag } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import { oauthGroup } from '../oauth.ts';

export const accounts: CommandDefinition = {
  path: ['accounts'],
  summary: 'List the accounts of the configuration',
  description: ['Lists the accounts of the configuration file.'],
  usage: [''],
  arguments: [],
  count: [0, 0],
  groups: [generalGroup],
  examples: [{ command: 'postrider accounts', explanation: 'Name, host, user' }],
  load: () => import('../../command/accounts.ts'),
};

export const accountsAdd: CommandDefinition = {
  path: ['accounts', 'add'],
  summary: 'Add an account: finds the server, tries the login, and saves it',
  description: [
    'Asks for the mail address, finds its server, asks for the password or has you sign in, and logs in. Only what works is saved: the account in the configuration file, the password or the tokens in the keyring, or, where there is none, in a file that only you can read.',
  ],
  usage: [''],
  arguments: [],
  count: [0, 0],
  groups: [
    { ...connectionGroup, flags: [portFlag, securityFlag, caFlag, proxyFlag] },
    oauthGroup,
    generalGroup,
  ],
  examples: [{ command: 'postrider accounts add', explanation: 'Answers a few questions' }],
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
  load: () => import('../../command/accounts-remove.ts'),
};

export const accountsTest: CommandDefinition = {
  path: ['accounts', 'test'],
  summary: 'Log in to every account, and tell how that went',
  description: [
    'Logs in to all accounts of the configuration at once and prints a table, with the reason for each that failed.',
  ],
  usage: ['[ACCOUNT...]'],
  arguments: [{ name: 'ACCOUNT', description: 'The name of an account in the configuration file' }],
  count: [0, Number.POSITIVE_INFINITY],
  completes: 'account',
  groups: [connectionGroup, generalGroup],
  examples: [{ command: 'postrider accounts test', explanation: 'All of them, in parallel' }],
  load: () => import('../../command/status.ts'),
};
