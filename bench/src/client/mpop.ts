import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../../interop/src/require-program.ts';
import type { Client } from './client.ts';

/** mpop (C). Pipelines, and makes every message durable, whether asked or not. */
export const mpop: Client = {
  name: 'mpop',
  format: 'maildir',
  durable: true,
  installed: () => findProgram('mpop') !== undefined,
  command: ({ output, port, security, ca, user, password }) => {
    for (const folder of ['tmp', 'new', 'cur']) mkdirSync(join(output, 'Mail', folder), { recursive: true });
    const file = join(output, 'mpoprc');
    const lines = [
      'account bench',
      'host localhost',
      `port ${port}`,
      `user ${user}`,
      `password ${password}`,
      'auth user',
      'keep on',
      ...(security === 'tls' ? ['tls on', 'tls_starttls off', `tls_trust_file ${ca}`] : ['tls off']),
      `uidls_file ${join(output, 'uidls')}`,
      `delivery maildir ${join(output, 'Mail')}`,
      '',
    ];
    writeFileSync(file, lines.join('\n'), { mode: 0o600 });
    return ['mpop', '-q', '-C', file, 'bench'];
  },
};
