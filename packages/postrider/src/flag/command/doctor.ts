import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';

export const doctor: CommandDefinition = {
  path: ['doctor'],
  summary: 'Tell what a server offers, and how safe it is',
  description: [
    'Looks at ports 995 and 110: TLS, certificate, capabilities, and the ways to log in, each with a verdict and with what to do. With a mail address, it finds the server first. With USER or an account, it logs in too.',
    'The exit code is 0 only where a safe login is possible.',
  ],
  usage: ['HOST [USER]', 'ACCOUNT', 'ADDRESS [USER]'],
  arguments: [
    { name: 'HOST', description: 'The name or address of the server' },
    { name: 'USER', description: 'The name to log in with' },
    { name: 'ACCOUNT', description: 'An account of the configuration' },
    { name: 'ADDRESS', description: 'A mail address, such as ann@example.org' },
  ],
  count: [1, 2],
  groups: [connectionGroup, loginGroup, generalGroup],
  examples: [
    { command: 'postrider doctor pop.example.org', explanation: 'What it offers' },
    { command: 'postrider doctor ann@example.org', explanation: 'Which server that is, and what it offers' },
  ],
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ['host', 'the server'],
          ['user', 'the name to log in with; null: none was given or found'],
          ['source', 'who named it for the mail address; null: it was typed'],
          [
            'confirmed',
            'false: the server is outside of the mail domain, and nobody has said that it is the right one',
          ],
          ['provider', 'name and advice, where the provider is a known one; null: it is not'],
          ['safe', 'whether a safe login is possible'],
          ['examinations[].security', 'tls, starttls or none: the ways to connect that were tried'],
          ['examinations[].port', 'the port'],
          ['examinations[].error', 'why it does not work: sentence, hint, check, exitCode; null: it does'],
          ['examinations[].tls', 'version, cipher, channelBinding; or null'],
          [
            'examinations[].certificate',
            'subject, issuer, names[], notBefore, notAfter, daysLeft, pin, also of one that was refused; or null',
          ],
          ['examinations[].greeting', 'what the server says of itself, or null'],
          ['examinations[].capabilities[]', 'what it offers; null: it was not asked, or does not say'],
          [
            'examinations[].ways',
            'the ways to log in: usable[], best first, and left[], each with its reason; or null',
          ],
          ['login', 'with USER, how that went: user, mechanism, messages, octets, error; or null'],
        ],
      },
    ],
  },
  load: () => import('../../command/doctor.ts'),
};
