import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../interop/src/require-program.ts';

/** What a client is to do: fetch everything into the folder `output`, one file a message where it can. */
export interface Task {
  readonly output: string;
  readonly port: number;
  readonly security: 'tls' | 'none';
  readonly ca: string;
  readonly password: string;
  readonly messages: number;
}

/** A program that fetches mail. */
export interface Client {
  readonly name: string;
  /** So slow that one round has to do. */
  readonly slow?: boolean;
  installed(): boolean;
  /** The words to run it with. May write configuration into the folder. */
  command(task: Task): readonly string[];
}

const program = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;

const poplib = `
import poplib, ssl, sys, os
output, port, security, ca, password = sys.argv[1:6]
port = int(port)
if security == 'tls':
    box = poplib.POP3_SSL('localhost', port, context=ssl.create_default_context(cafile=ca))
else:
    box = poplib.POP3('127.0.0.1', port)
box.user('bench'); box.pass_(password)
for number in range(1, box.stat()[0] + 1):
    lines = box.retr(number)[1]
    with open(os.path.join(output, str(number)), 'wb') as file:
        file.write(b'\\r\\n'.join(lines) + b'\\r\\n')
box.quit()
`;

export const clients: readonly Client[] = [
  {
    name: 'postrider',
    installed: () => true,
    command: ({ output, port, security, ca }) => [
      process.execPath,
      program,
      'collect',
      'localhost',
      'bench',
      '--port',
      String(port),
      '--security',
      security,
      '--ca',
      ca,
      '--quiet',
      '--to',
      `maildir:${join(output, 'Mail')}`,
      '--ledger',
      join(output, 'state', 'ledger.sqlite'),
    ],
  },
  {
    name: 'mpop',
    installed: () => findProgram('mpop') !== undefined,
    command: ({ output, port, security, ca, password }) => {
      const file = join(output, 'mpoprc');
      const tls = security === 'tls' ? `tls on\ntls_starttls off\ntls_trust_file ${ca}\n` : 'tls off\n';
      const lines = `account bench\nhost localhost\nport ${port}\nuser bench\npassword ${password}\nauth user\nkeep on\n${tls}uidls_file ${join(output, 'uidls')}\ndelivery maildir ${join(output, 'Mail')}\n`;
      writeFileSync(file, lines, { mode: 0o600 });
      return [
        '/bin/sh',
        '-c',
        `mkdir -p ${output}/Mail/tmp ${output}/Mail/new ${output}/Mail/cur && exec mpop -q -C ${file} bench`,
      ];
    },
  },
  {
    name: 'curl',
    installed: () => findProgram('curl') !== undefined,
    command: ({ output, port, security, ca, password, messages }) => {
      const scheme = security === 'tls' ? 'pop3s' : 'pop3';
      return [
        'curl',
        '-s',
        '--cacert',
        ca,
        '-u',
        `bench:${password}`,
        `${scheme}://localhost:${port}/[1-${messages}]`,
        '-o',
        join(output, '#1'),
      ];
    },
  },
  {
    name: 'poplib',
    slow: true,
    installed: () => findProgram('python3') !== undefined,
    command: ({ output, port, security, ca, password }) => [
      'python3',
      '-c',
      poplib,
      output,
      String(port),
      security,
      ca,
      password,
    ],
  },
];
