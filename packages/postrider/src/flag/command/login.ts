import { authFlag, cleartextFlag, connectionGroup, passwordFileFlag } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import { oauthGroup } from '../oauth.ts';

const account = { name: 'ACCOUNT', description: 'The name of an account in the configuration file' };

export const login: CommandDefinition = {
  path: ['login'],
  summary: 'Sign in to an account and keep its tokens or its password',
  description: [
    'Gets OAuth 2.0 tokens, where the account is with Google or Microsoft or its configuration has an oauth table, and otherwise asks for the password. Either is tried at the server first, and kept only if it works: in the keyring of the operating system, or, where there is none, in a file that only you can read.',
    "Signing in happens in a browser on this machine; its address is printed too. On a machine without one, a code that is entered on any other device does the same (--flow device), where the provider allows it. Applications that read others' maildrops have no person to ask (--flow client-credentials).",
    'Tokens are refreshed by themselves, as long as the provider allows it.',
  ],
  usage: ['ACCOUNT'],
  arguments: [account],
  count: [1, 1],
  completes: 'account',
  groups: [
    oauthGroup,
    { title: 'Login options', flags: [authFlag, cleartextFlag, passwordFileFlag] },
    connectionGroup,
    generalGroup,
  ],
  examples: [
    { command: 'postrider login work', explanation: 'Opens the browser, or asks for the password' },
    { command: 'postrider login work --flow device', explanation: 'On a machine without a browser' },
    {
      command: 'postrider login home --password-file - < password.txt',
      explanation: 'Without a terminal',
    },
  ],
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ['account', 'the name of the account'],
          ['host', 'the server'],
          ['user', 'the name to log in with'],
          ['credential', 'password or tokens'],
          ['mechanism', 'the way of the login, such as SCRAM-SHA-256'],
          ['messages', 'how many there are'],
          ['store', 'where the credential is kept'],
          ['expires', 'when the access token ends, ISO 8601 in UTC; null: it is a password, or not known'],
          ['refreshable', 'whether it is followed by another without a person; null: it is a password'],
        ],
      },
    ],
  },
  load: () => import('../../command/login.ts'),
};

export const logout: CommandDefinition = {
  path: ['logout'],
  summary: 'Forget the tokens or the password of an account',
  description: [
    'Takes what login kept out of the keyring. Tokens are also revoked at the provider, where it has a way to do that; where it cannot be reached, they are forgotten all the same, and the exit code is 65.',
  ],
  usage: ['ACCOUNT'],
  arguments: [account],
  count: [1, 1],
  completes: 'account',
  groups: [generalGroup],
  examples: [{ command: 'postrider logout work', explanation: 'The account itself stays configured' }],
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ['account', 'the name of the account'],
          ['forgotten', 'whether something was kept'],
          ['revoked', 'whether its tokens were revoked at the provider'],
        ],
      },
    ],
  },
  load: () => import('../../command/logout.ts'),
};
