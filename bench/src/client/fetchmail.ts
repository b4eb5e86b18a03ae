import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../../interop/src/require-program.ts';
import type { Client } from './client.ts';

/**
 * fetchmail (C). It has no mailbox of its own: it hands messages to a mail server or a program. Here it writes the SMTP transactions
 * to a file, which is the fastest it can do.
 */
export const fetchmail: Client = {
  name: 'fetchmail',
  format: 'bsmtp',
  durable: false,
  installed: () => findProgram('fetchmail') !== undefined,
  command: ({ output, port, security, ca, user, password }) => {
    const file = join(output, 'fetchmailrc');
    const tls = security === 'tls' ? `ssl sslcertck sslcertfile "${ca}"` : 'sslproto ""';
    const lines = [
      'set invisible',
      'set no bouncemail',
      `poll localhost protocol pop3 service ${port} auth password`,
      `  username "${user}" password "${password}" is "bench" here ${tls}`,
      `  keep fetchall no rewrite no mimedecode bsmtp "${join(output, 'mail.bsmtp')}"`,
      '',
    ];
    writeFileSync(file, lines.join('\n'), { mode: 0o600 });
    return ['fetchmail', '--silent', '--fetchmailrc', file];
  },
};
