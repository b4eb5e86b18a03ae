import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type CorpusMessage, fillMaildir, makeCorpus } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { requireProgram } from '../src/require-program.ts';

const program = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;
const password = 'one';

interface Ran {
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A way to an IMAP server on which the answer to one APPEND is lost, as the client is killed when it comes. */
async function startKiller(
  target: number,
  append: number,
  kill: () => void,
): Promise<{ port: number; stop(): void }> {
  let answers = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.pipe(upstream);
    upstream.on('data', (octets: Buffer) => {
      if (octets.includes('[APPENDUID') && ++answers === append) kill();
      else client.write(octets);
    });
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

suite(
  'killed when Dovecot has a message by IMAP and the ledger does not know it',
  requireProgram('dovecot', 'openssl'),
  () => {
    let dovecot: Dovecot;
    let corpus: readonly CorpusMessage[];
    // Such as two copies of one message, one of which came by a mailing list: the same Message-ID, another header.
    const twin = (name: string): CorpusMessage => {
      const octets = Buffer.from(
        `Received: by ${name}\r\nMessage-ID: <twin@example.org>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\nhello\r\n`,
      );
      return { name, octets, sha256: '' };
    };
    const without: CorpusMessage = {
      name: 'z-without',
      octets: Buffer.from('From: a@b\r\n\r\nno Message-ID\r\n'),
      sha256: '',
    };

    before(async () => {
      const users = Object.fromEntries(
        ['alice', ...Array.from({ length: 8 }, (_, index) => `to${index}`)].map((user) => [user, password]),
      );
      dovecot = await startDovecot({ users });
      corpus = fillMaildir(dovecot, 'alice', [
        ...makeCorpus({ count: 3 }),
        twin('x-one'),
        twin('y-two'),
        without,
      ]);
    });
    after(() => dovecot?.stop());

    for (const append of [1, 3, 4, 5, 6]) {
      test(`at message ${append}: the next run finds it there, and delivers the others`, async () => {
        const user = `to${append}`;
        fillMaildir(dovecot, user, []);
        const folder = join(dovecot.folder, user);
        mkdirSync(folder);
        const run = (imapPort: number, started: (pid: number | undefined) => void = () => {}): Promise<Ran> =>
          new Promise((resolve) => {
            const words = [
              ...['collect', '127.0.0.1', 'alice', '--port', String(dovecot.tlsPort)],
              ...[
                '--ca',
                dovecot.certificate.caFile,
                '--ledger',
                join(folder, 'ledger.sqlite'),
                '--on-doubt',
                'hold',
              ],
              // The same name for both ways, as the ledger knows destinations by their names.
              ...['--to', `imap://${user}@127.0.0.1:${imapPort}/Home/Mail?tls=none`],
            ];
            const env = {
              PATH: process.env['PATH'],
              HOME: folder,
              POSTRIDER_PASSWORD: password,
              POSTRIDER_TO_PASSWORD: password,
            };
            const child = execFile(
              process.execPath,
              [program, ...words],
              { env },
              (error, stdout, stderr) => {
                resolve({ signal: error?.signal ?? undefined, stdout, stderr });
              },
            );
            started(child.pid);
          });
        let pid: number | undefined;
        let killing = true;
        const killer = await startKiller(dovecot.imapPort, append, () => {
          if (pid !== undefined && killing) process.kill(pid, 'SIGKILL');
        });
        try {
          const first = await run(killer.port, (started) => {
            pid = started;
          });
          assert.equal(first.signal, 'SIGKILL', first.stderr);
          killing = false;
          const stored = (): string[] =>
            readdirSync(join(dovecot.maildir(user), '.Home.Mail', 'new'))
              .concat(readdirSync(join(dovecot.maildir(user), '.Home.Mail', 'cur')))
              .map((file) => {
                const path = join(dovecot.maildir(user), '.Home.Mail');
                const place = readdirSync(join(path, 'new')).includes(file) ? 'new' : 'cur';
                return readFileSync(join(path, place, file), 'latin1').replaceAll('\r\n', '\n');
              })
              .sort();
          assert.equal(stored().length, append);
          const second = await run(killer.port);
          assert.match(
            second.stdout,
            new RegExp(
              `^${corpus.length - append + 1} new messages? .*, 0 failed, ${append - 1} already here`,
            ),
            second.stderr,
          );
          assert.deepEqual(
            stored(),
            corpus.map(({ octets }) => octets.toString('latin1').replaceAll('\r\n', '\n')).sort(),
          );
          assert.match((await run(killer.port)).stdout, /^0 new messages /);
        } finally {
          killer.stop();
        }
      });
    }
  },
);
