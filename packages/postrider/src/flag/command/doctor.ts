import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';

export const doctor: CommandDefinition = {
  path: ['doctor'],
  summary: 'Tell what a server offers, and how safe it is',
  description: [
    'Looks at ports 995 and 110: TLS, certificate, capabilities, and the ways to log in, each with a verdict and with what to do. With a mail address, it finds the server first. With USER, it logs in too.',
    'The exit code is 0 only where a safe login is possible.',
  ],
  usage: ['HOST [USER]', 'ADDRESS'],
  arguments: [
    { name: 'HOST', description: 'The name or address of the server' },
    { name: 'USER', description: 'The name to log in with' },
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
          ['source', 'who named it for the mail address; null: it was typed'],
          ['provider', 'the provider, where it is a known one; null: it is not'],
          ['safe', 'whether a safe login is possible'],
          ['examinations[].security', 'tls, starttls or none: the ways to connect that were tried'],
          ['examinations[].port', 'the port'],
          ['examinations[].error', 'why it does not work; null: it does'],
          ['examinations[].hint', 'what to do about that, or null'],
          ['examinations[].check', 'the check of the certificate that failed, or null'],
          [
            'examinations[].tls',
            'version, cipher, subject, issuer, names[], notAfter, daysLeft, pin, channelBinding; or null',
          ],
          ['examinations[].greeting', 'what the server says of itself, or null'],
          ['examinations[].capabilities[]', 'what it offers; null: it was not asked, or does not say'],
          [
            'examinations[].plan',
            'the ways to log in: steps[] and left[], each with name and reason; or null',
          ],
          ['login', 'with USER, how that went: verdict, text, exitCode; or null'],
        ],
      },
    ],
  },
  load: () => import('../../command/doctor.ts'),
};
