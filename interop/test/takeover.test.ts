import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Pop3Client } from '@postrider/pop3';
import { fillMaildir, makeCorpus, toLineFeed } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { program, requireProgram } from '../src/require-program.ts';

const postriderProgram = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;
const early = 6;
const all = 9;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start(file: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(file, words, { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** The file that Thunderbird writes after it fetched what a user has, one message in part only. */
async function writeThunderbirdState(dovecot: Dovecot, user: string): Promise<string> {
  const client = await Pop3Client.connect({
    host: '127.0.0.1',
    port: dovecot.tlsPort,
    tls: { ca: dovecot.certificate.ca },
  });
  await client.authenticate({ user, password: 'one' });
  const { entries } = await client.uidl();
  await client.quit();
  const path = join(dovecot.folder, 'popstate.dat');
  const lines = entries.map(({ uniqueId }, index) => `${index === 0 ? 'f' : 'k'} ${uniqueId} 1795634331`);
  const heading = [
    '# POP3 State File',
    '# This is a generated file!  Do not edit.',
    '',
    `*127.0.0.1 ${user}`,
  ];
  writeFileSync(path, [...heading, ...lines].join('\n'));
  return path;
}

/** How a program is told to fetch all mail of a user and keep it on the server, and where it remembers that. */
interface Peer {
  readonly name: string;
  /** Gives the arguments and the state file; writes what the program needs into the folder. */
  prepare(folder: string, port: number): { readonly words: readonly string[]; readonly state: string };
}

function configure(folder: string, name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

const peers: readonly Peer[] = [
  {
    name: 'getmail',
    prepare: (folder, port) => {
      const file = configure(folder, 'getmailrc', [
        '[retriever]',
        'type = SimplePOP3Retriever',
        'server = 127.0.0.1',
        `port = ${port}`,
        'username = getmail',
        'password = one',
        '[destination]',
        'type = MDA_external',
        'path = /bin/cat',
        'ignore_stderr = true',
        'allow_root_commands = true',
        '[options]',
        'read_all = false',
        'delete = false',
      ]);
      return {
        words: ['--getmaildir', folder, '--rcfile', file],
        state: join(folder, `oldmail-127.0.0.1-${port}-getmail`),
      };
    },
  },
  {
    name: 'mpop',
    prepare: (folder, port) => {
      for (const name of ['', 'cur', 'new', 'tmp']) mkdirSync(join(folder, 'mail', name));
      const file = configure(folder, 'mpoprc', [
        'account a',
        'host 127.0.0.1',
        `port ${port}`,
        'user mpop',
        'password one',
        'auth user',
        'tls off',
        'keep on',
        `delivery maildir ${folder}/mail`,
        `uidls_file ${folder}/uidls`,
      ]);
      return { words: ['-C', file, '-a'], state: join(folder, 'uidls') };
    },
  },
  {
    name: 'fetchmail',
    prepare: (folder, port) => {
      const file = configure(folder, 'fetchmailrc', [
        `set idfile ${folder}/fetchids`,
        `poll 127.0.0.1 service ${port} protocol pop3 uidl auth password`,
        '  user "fetchmail" password "one" mda "cat >/dev/null" keep sslproto ""',
      ]);
      return { words: ['-f', file], state: join(folder, 'fetchids') };
    },
  },
  {
    name: 'fdm',
    prepare: (folder, port) => {
      // As root, fdm becomes another user for what it writes.
      chmodSync(folder, 0o777);
      const file = configure(folder, 'fdm.conf', [
        `set lock-file "${folder}/lock"`,
        `account "a" pop3 server "127.0.0.1" port ${port} user "fdm" pass "one" new-only cache "${folder}/cache" keep`,
        'action "d" drop',
        'match all action "d"',
      ]);
      return { words: ['-f', file, 'fetch'], state: join(folder, 'cache') };
    },
  },
];

suite(
  'after another program, collect fetches what that one had not, and nothing else',
  requireProgram('dovecot', 'openssl'),
  () => {
    let dovecot: Dovecot;
    before(async () => {
      const users = Object.fromEntries(
        [...peers.map(({ name }) => name), 'thunderbird'].map((name) => [name, 'one']),
      );
      dovecot = await startDovecot({ users });
    });
    after(() => dovecot?.stop());

    test('thunderbird: what it has the header of only is fetched', async () => {
      const corpus = [...makeCorpus({ count: early })];
      fillMaildir(dovecot, 'thunderbird', corpus);
      const state = await writeThunderbirdState(dovecot, 'thunderbird');
      const folder = join(dovecot.folder, 'bird');
      const postrider = (...words: string[]): Promise<Ran> =>
        start(process.execPath, [postriderProgram, ...words, '--ledger', join(folder, 'ledger.sqlite')], {
          HOME: folder,
          POSTRIDER_PASSWORD: 'one',
        });
      // The file says whose it is.
      const imported = await postrider('ledger', 'import', state);
      assert.match(
        imported.stdout,
        /^thunderbird@127\.0\.0\.1: 5 messages .*, 5 now count as delivered, .*, 1 more /,
        imported.stderr,
      );
      // It does not say that the port is an unusual one.
      const port = ['--port', String(dovecot.tlsPort)];
      await postrider('ledger', 'import', '127.0.0.1', 'thunderbird', state, ...port);
      const collected = await postrider(
        ...['collect', '127.0.0.1', 'thunderbird', '--to', `maildir:${folder}/home`],
        ...[...port, '--ca', dovecot.certificate.caFile],
      );
      assert.match(collected.stdout, /^1 new message .*, 0 failed, 5 already here\.\n$/, collected.stderr);
      const [file = ''] = readdirSync(join(folder, 'home', 'new'));
      const content = readFileSync(join(folder, 'home', 'new', file), 'latin1');
      assert.equal(content, toLineFeed(corpus[0]?.octets ?? Buffer.alloc(0)).toString('latin1'));
    });

    for (const { name, prepare } of peers) {
      test(name, requireProgram(name), async () => {
        const corpus = [...makeCorpus({ count: all })];
        fillMaildir(dovecot, name, corpus.slice(0, early));
        const folder = join(dovecot.folder, name);
        mkdirSync(folder, { mode: 0o755 });
        const { words, state } = prepare(folder, dovecot.port);
        const fetched = await start(program(name), words, { HOME: folder, FETCHMAILHOME: folder });
        assert.equal(fetched.code, 0, fetched.stdout + fetched.stderr);

        fillMaildir(dovecot, name, corpus.slice(early));
        const postrider = (...args: string[]): Promise<Ran> =>
          start(process.execPath, [postriderProgram, ...args, '--ledger', join(folder, 'ledger.sqlite')], {
            HOME: folder,
            POSTRIDER_PASSWORD: 'one',
          });
        const port = ['--port', String(dovecot.tlsPort)];
        const imported = await postrider('ledger', 'import', '127.0.0.1', name, state, '--json', ...port);
        assert.deepEqual(
          JSON.parse(imported.stdout),
          [
            {
              account: `${name}@127.0.0.1:${dovecot.tlsPort}`,
              program: name,
              messages: early,
              added: early,
              known: 0,
              unfetched: 0,
              dryRun: false,
            },
          ],
          imported.stderr,
        );
        const collected = await postrider(
          'collect',
          '127.0.0.1',
          name,
          ...['--to', `maildir:${folder}/home`, '--port', String(dovecot.tlsPort)],
          ...['--ca', dovecot.certificate.caFile],
        );
        assert.match(
          collected.stdout,
          new RegExp(
            `^${all - early} new messages .* delivered to .*, 0 failed, ${early} already here\\.\n$`,
          ),
          collected.stderr,
        );
        const home = readdirSync(join(folder, 'home', 'new')).map((file) =>
          readFileSync(join(folder, 'home', 'new', file), 'latin1'),
        );
        const expected = corpus.slice(early).map(({ octets }) => toLineFeed(octets).toString('latin1'));
        assert.deepEqual(home.sort(), expected.sort());
      });
    }
  },
);
