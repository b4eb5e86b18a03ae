import { join } from 'node:path';
import { findProgram } from '../../../interop/src/require-program.ts';
import type { Client } from './client.ts';

/** curl (C). One command at a time, and a file for each message; nothing is made durable. */
export const curl: Client = {
  name: 'curl',
  format: 'files',
  durable: false,
  installed: () => findProgram('curl') !== undefined,
  command: ({ output, port, security, ca, user, password, messages }) => {
    const scheme = security === 'tls' ? 'pop3s' : 'pop3';
    const from = `${scheme}://localhost:${port}/[1-${messages}]`;
    return ['curl', '-s', '--cacert', ca, '-u', `${user}:${password}`, from, '-o', join(output, '#1')];
  },
};
