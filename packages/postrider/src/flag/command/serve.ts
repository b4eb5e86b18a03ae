import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import { listenFlag, servePortFlag, userFlag, writableFlag } from '../serve.ts';

export const serve: CommandDefinition = {
  path: ['serve'],
  summary: 'Serve a Maildir, an mbox or a folder of .eml files, for trying things out',
  description: [
    'A POP3 server over files, on this machine only. It makes up a password (or takes POSTRIDER_PASSWORD) and a certificate, and prints both. Clients cannot delete anything without --writable.',
  ],
  usage: ['DIR'],
  arguments: [{ name: 'DIR', description: 'A Maildir, an mbox file, or a folder of .eml files' }],
  count: [1, 1],
  completes: 'file',
  groups: [{ title: 'Options', flags: [servePortFlag, listenFlag, userFlag, writableFlag] }, generalGroup],
  examples: [{ command: 'postrider serve ~/Mail', explanation: 'Until Ctrl-C' }],
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ['host', 'the address that it listens on'],
          ['tlsPort', 'the port for TLS'],
          ['starttlsPort', 'the port for STLS'],
          ['user', 'the name to log in with'],
          ['password', 'the password'],
          ['pin', 'the key of its certificate, for --pin'],
          ['writable', 'whether clients can delete'],
        ],
      },
    ],
  },
  load: () => import('../../command/serve.ts'),
};
