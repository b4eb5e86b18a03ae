import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../../interop/src/require-program.ts';
import type { Client } from './client.ts';

const nobody = 65_534;

/** getmail 6 (Python). It starts a process for each message, and has it deliver as another user where it runs as root. */
export const getmail: Client = {
  name: 'getmail',
  format: 'maildir',
  durable: true,
  slow: true,
  installed: () => findProgram('getmail') !== undefined,
  command: ({ output, port, security, ca, user, password }) => {
    const root = process.getuid?.() === 0;
    const folders = ['.', 'tmp', 'new', 'cur'].map((name) => join(output, 'Mail', name));
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    if (root) {
      chmodSync(output, 0o711);
      for (const folder of folders) chownSync(folder, nobody, nobody);
    }
    const file = join(output, 'getmailrc');
    const lines = [
      '[retriever]',
      `type = ${security === 'tls' ? 'SimplePOP3SSLRetriever' : 'SimplePOP3Retriever'}`,
      'server = localhost',
      `port = ${port}`,
      `username = ${user}`,
      `password = ${password}`,
      ...(security === 'tls' ? [`ca_certs = ${ca}`] : []),
      '[destination]',
      'type = Maildir',
      `path = ${join(output, 'Mail')}/`,
      ...(root ? ['user = nobody'] : []),
      '[options]',
      'verbose = 0',
      'read_all = true',
      'delete = false',
      'delivered_to = false',
      'received = false',
      '',
    ];
    writeFileSync(file, lines.join('\n'), { mode: 0o600 });
    return ['getmail', `--getmaildir=${output}`, `--rcfile=${file}`];
  },
};
