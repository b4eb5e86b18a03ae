import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { startFaultyProxy, startScriptedServer } from '@postrider/pop3/testing';
import { SMTPServer } from 'smtp-server';
import { makeCertificate } from '../../src/certificate/certificate.ts';
import { listen } from '../support/listen.ts';
import { postrider, postriderIn, type Ran } from '../support/run.ts';
import { type MaildropScene, makeMaildropScene, message, readMaildir, withCrlf } from '../support/scene.ts';

const messages = Array.from({ length: 12 }, (_, index) => message(index + 1));
const cleanups: (() => unknown)[] = [];
let scene: MaildropScene;
let mail: string;
beforeEach(async () => {
  scene = await makeMaildropScene(messages);
  mail = join(scene.folder, 'Mail');
  cleanups.push(() => scene.close());
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function collect(...words: string[]): Promise<Ran> {
  return postrider(['collect', ...scene.words, '--retries', '0', ...words], scene.env);
}

function toMail(...words: string[]): Promise<Ran> {
  return collect('--to', `maildir:${mail}`, ...words);
}

suite('what collect says at the end, and how it ends', () => {
  test('new messages, and those that are here already', async () => {
    const octets = messages.reduce((sum, one) => sum + withCrlf(one).length, 0);
    const first = await toMail();
    assert.equal(
      first.stdout,
      `12 new messages (${(octets / 1000).toFixed(1)} kB) delivered to maildir:${mail}, 0 failed, 0 already here.\n`,
    );
    assert.equal(first.code, 0);
    scene.maildrop.add(message(13));
    const second = await toMail('--quiet');
    assert.match(
      second.stdout,
      /^1 new message \(\d+ B\) delivered to maildir:.*, 0 failed, 12 already here\.\n$/,
    );
    assert.equal(second.stderr, '');
    assert.deepEqual(readMaildir(mail), [...messages, message(13)].sort());
  });

  test('--dry-run tells what would be done, and does nothing', async () => {
    const { stdout, code } = await toMail('--dry-run', '--delete');
    assert.match(
      stdout,
      /^12 new messages .* would be delivered to maildir:.*, 0 failed, 0 already here\.\n$/,
    );
    assert.equal(code, 0);
    assert.deepEqual(
      [mail, join(scene.folder, 'ledger.sqlite')].map((path) => existsSync(path)),
      [false, false],
    );
    await toMail();
    const other = ['collect', ...scene.words, '--act-as', 'bob', '--dry-run', '--to', `maildir:${mail}`];
    await postrider(other, scene.env);
    const accounts = await postrider(['ledger', 'show', '--json', ...scene.words.slice(-2)], scene.env);
    assert.doesNotMatch(accounts.stdout, /bob@/);
    assert.match(
      (await toMail('--dry-run', '--delete')).stdout,
      /^0 new messages .* 12 already here, 12 would be deleted from the server\.\n$/,
    );
    assert.equal(scene.maildrop.messages.length, 12);
  });

  test('--limit fetches so many, and leaves the rest for later', async () => {
    assert.match((await toMail('--limit', '5')).stdout, /^5 new messages .*, 7 left on the server\.\n$/);
    assert.match((await toMail('--limit', '5')).stdout, /^5 new messages .*, 5 already here, 2 left on/);
    assert.match((await toMail()).stdout, /^2 new messages .*, 10 already here\.\n$/);
  });

  test('--max-size leaves larger ones, and names them', async () => {
    scene.maildrop.add(message(99, 1000));
    const { stdout, stderr, code } = await toMail('--max-size', '2k');
    assert.match(stdout, /^12 new messages .*, 1 left on the server\.\n$/);
    assert.match(stderr, /^message 13 stays on the server: \d+\.\d kB is more than --max-size$/m);
    assert.equal(code, 0);
  });

  test('--max-size where the server does not say how large a message is', async () => {
    await using server = await startScriptedServer(async (peer) => {
      await peer.send('+OK ready\r\n');
      await peer.answer((line) => {
        if (line === 'CAPA') return '-ERR not here\r\n';
        if (line === 'STAT') return '+OK 1 300\r\n';
        if (line === 'LIST') return '+OK\r\n1 many\r\n.\r\n';
        return line === 'UIDL' ? '+OK\r\n1 a\r\n.\r\n' : '+OK\r\n';
      });
    });
    const words = scene.words.map((word) => (word === String(scene.port) ? String(server.port) : word));
    const { stderr } = await postrider(
      ['collect', ...words, '--allow-cleartext-password', '--to', `maildir:${mail}`, ...['--max-size', '2k']],
      scene.env,
    );
    assert.match(
      stderr,
      /^message 1 stays on the server: the server does not say how large it is, and there is a --max-size$/m,
    );
  });

  test('--new-only fetches what comes after the first run', async () => {
    assert.match((await toMail('--new-only')).stdout, /^0 new messages .*, 12 left on the server\.\n$/);
    scene.maildrop.add(message(99));
    assert.match((await toMail('--new-only')).stdout, /^1 new message /);
    assert.deepEqual(readMaildir(mail), [message(99)]);
  });

  test('--delete deletes what is delivered, --delete-after what was so long ago', async () => {
    assert.match((await toMail('--delete-after', '30d')).stdout, /^12 new messages .*, 0 already here\.\n$/);
    assert.equal(scene.maildrop.messages.length, 12);
    assert.match(
      (await toMail('--delete')).stdout,
      /^0 new .*12 already here, 12 deleted from the server\.\n$/,
    );
    assert.equal(scene.maildrop.messages.length, 0);
  });

  test('several destinations; one that refuses a message gets that one, and no other, again', async () => {
    const out = join(scene.folder, 'out');
    const refuse = `command:cat > ${out}.in; if grep -q "Subject: message 7" ${out}.in && ! test -e ${out}.ok; then touch ${out}.ok; echo no >&2; exit 1; fi; cat ${out}.in >> ${out}`;
    const first = await toMail('--to', refuse);
    assert.equal(first.code, 65);
    assert.match(first.stdout, /^11 new messages .*, 1 failed, 0 already here\.\n$/);
    assert.match(
      first.stderr,
      /^warning: message 7 \(.*\) failed: command:.* failed with exit status 1: no$/m,
    );
    const second = await toMail('--to', refuse, '--verbose');
    assert.match(second.stdout, /^1 new message /);
    assert.deepEqual(readMaildir(mail), messages.toSorted());
    const { readFileSync } = await import('node:fs');
    const delivered = readFileSync(out, 'latin1');
    assert.equal(delivered.length, messages.map(withCrlf).join('').length);
    for (const one of messages) assert.equal(delivered.split(withCrlf(one)).length, 2);
  });

  test('--json: one object a line, as it happens, with stable keys', async () => {
    const { stdout, stderr } = await toMail('--json', '--delete', '--limit', '1');
    assert.doesNotMatch(stderr, /new message/);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ type, ...rest }) => [type, Object.keys(rest)]),
      [
        ['planned', ['account', 'messages', 'retrieve', 'octets', 'known', 'delete']],
        ...Array(11).fill(['skipped', ['account', 'messageNumber', 'uniqueId', 'octets', 'reason']]),
        ['delivered', ['account', 'messageNumber', 'uniqueId', 'octets', 'repeated']],
        ['deleted', ['account', 'messages']],
        [
          'summary',
          [
            'account',
            'result',
            'retrieved',
            'octets',
            'known',
            'deleted',
            'undeleted',
            'failed',
            'skipped',
            'incomplete',
            'error',
            'exitCode',
          ],
        ],
      ].map(([type, keys]) => [type, keys]),
    );
    const { octets: _, ...summary } = lines.at(-1) ?? {};
    assert.deepEqual(summary, {
      account: 'ann@127.0.0.1',
      type: 'summary',
      result: 'done',
      retrieved: 1,
      known: 0,
      deleted: 1,
      undeleted: 0,
      failed: 0,
      skipped: 11,
      incomplete: 0,
      error: null,
      exitCode: 0,
    });
  });
});

// The first message of each has the same unique-id and size.
suite('maildrops that are not the same', () => {
  test('the same user at another port: what is known of one is not known of the other, nor deleted there', async () => {
    const other = await makeMaildropScene([message(0)]);
    cleanups.push(() => other.close());
    await toMail();
    const words = [...other.words.slice(0, -1), join(scene.folder, 'ledger.sqlite')];
    const { stdout } = await postrider(
      ['collect', ...words, '--to', `maildir:${mail}`, '--delete'],
      scene.env,
    );
    assert.match(stdout, /^1 new message .*, 0 already here, 1 deleted from the server\.\n$/);
    assert.deepEqual(readMaildir(mail), [...messages, message(0)].sort());
  });

  test('two that one user may open: by --act-as', async () => {
    const ofBob = new MemoryMaildrop([message(0)]);
    // Whoever logs in as admin has the maildrop that was asked for.
    const open = (plain: Uint8Array = new Uint8Array()) => ({
      type: 'success' as const,
      user: Buffer.from(plain).toString().split('\0')[0] ?? '',
    });
    const server = new Pop3Server({
      users: {},
      maildrop: (name) => (name === 'bob@example.org' ? ofBob : scene.maildrop),
      allowCleartextPassword: true,
      mechanisms: [
        {
          name: 'PLAIN',
          exposure: 'readable',
          channelBinding: false,
          start: () => ({ start: open, respond: open }),
        },
      ],
    });
    const { port } = await server.listen();
    cleanups.push(() => server.close());
    const collectOf = (name: string, to: string, ...more: string[]): Promise<Ran> =>
      postrider(
        [
          ...['collect', '127.0.0.1', 'admin', '--act-as', name, '--port', String(port)],
          ...['--security', 'none', '--allow-cleartext-password', '--to', to],
          ...['--ledger', join(scene.folder, 'ledger.sqlite')],
          ...more,
        ],
        scene.env,
      );
    assert.match((await collectOf('ann', `maildir:${mail}`)).stdout, /^12 new messages /);
    // A mail server gets it for its owner.
    const recipients: string[] = [];
    const lmtp = await startSmtp({
      lmtp: true,
      onRcptTo: ({ address }, _session, callback) => {
        recipients.push(address);
        callback();
      },
    });
    const ran = await collectOf(
      'bob@example.org',
      `maildir:${mail}`,
      '--to',
      `lmtp://127.0.0.1:${lmtp}`,
      '--delete',
    );
    assert.match(ran.stdout, /^1 new message .*, 0 already here, 1 deleted/);
    assert.deepEqual(recipients, ['bob@example.org']);
    assert.deepEqual(readMaildir(mail), [...messages, message(0)].sort());
  });
});

suite('what goes wrong, in a sentence, with a hint and an exit code', () => {
  async function refused(words: readonly string[], env = scene.env): Promise<[number, string]> {
    const { code, stderr } = await postrider(['collect', ...scene.words, '--retries', '0', ...words], env);
    return [code, stderr.replace(/^note: .*\n/m, '')];
  }

  test('a folder that cannot be made: 73', async () => {
    writeFileSync(mail, 'a file');
    const [code, text] = await refused(['--to', `maildir:${mail}/in`]);
    assert.equal(code, 73);
    assert.match(
      text,
      /^postrider: maildir:.*: cannot open .*: a part of its path is no folder\nhint: Check the path\.\n$/,
    );
  });

  test('a folder that cannot be written: 73', {
    skip: process.getuid?.() === 0 && 'root may write anywhere',
  }, async () => {
    mkdirSync(mail);
    chmodSync(mail, 0o500);
    const [code, text] = await refused(['--to', `maildir:${mail}`]);
    assert.equal(code, 73);
    assert.match(text, /permission is denied\nhint: Check who owns it, and its permissions\.\n$/);
  });

  test('a full disk: 73, and what is missing comes when there is room', async (context) => {
    mkdirSync(mail);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mail], { stdio: 'ignore' });
    } catch {
      context.skip('file systems cannot be mounted here');
      return;
    }
    cleanups.unshift(() => execFileSync('umount', [mail]));
    scene.maildrop.add(message(99, 10_000));
    const [code, text] = await refused(['--to', `maildir:${mail}`]);
    assert.equal(code, 73, text);
    assert.match(text, /^postrider: maildir:.*: cannot write .*: the disk is full\nhint: Make room, /m);
    execFileSync('mount', ['-o', 'remount,size=10m', mail]);
    assert.equal((await toMail()).code, 0);
    assert.deepEqual(readMaildir(mail), [...messages, message(99, 10_000)].sort());
  });

  test('a mail server that nobody runs: 73', async () => {
    const port = await freePort();
    const [code, text] = await refused(['--to', `lmtp://127.0.0.1:${port}`]);
    assert.equal(code, 73);
    assert.match(
      text,
      /^postrider: lmtp:\/\/.*: cannot connect: the connection was refused\nhint: Check host, port and TLS of the destination\.\n$/,
    );
  });

  test('a mail server that is busy: 75', async () => {
    const server = await startSmtp({
      onData: (stream, _, done) => stream.resume().on('end', () => done(refusal(421))),
    });
    const [code, text] = await refused(['--to', `smtp://127.0.0.1:${server}?to=ann@x`]);
    assert.equal(code, 75);
    assert.match(text, /^postrider: smtp:\/\/.*: the server refused the message: 421 no\nhint: /);
  });

  test('a mail server that does not want the messages: 65, each named', async () => {
    const server = await startSmtp({
      lmtp: true,
      onData: (stream, _, done) => void stream.resume().on('end', () => done(refusal(550))),
    });
    const [code, text] = await refused(['--to', `lmtp://127.0.0.1:${server}?to=ann@x`, '--limit', '2']);
    assert.equal(code, 65);
    assert.equal(
      text.match(/^warning: message \d .* failed: lmtp:.*: the server refused the message: 550 no$/gm)
        ?.length,
      2,
    );
  });

  test('a mail server that does not know the recipient: 73, said once, and no message is to blame', async () => {
    const server = await startSmtp({
      lmtp: true,
      onRcptTo: (_address, _session, done) => done(refusal(550)),
    });
    const [code, text] = await refused(['--to', `lmtp://127.0.0.1:${server}?to=nobody@x`]);
    assert.equal(code, 73);
    assert.equal(text.match(/the server refused the recipient: 550 no/g)?.length, 1);
    assert.doesNotMatch(text, /message \d/);
  });

  test('a message that is set aside: how it is tried again is said once', async () => {
    const words = ['--to', 'command:exit 1', '--limit', '2'];
    let text = '';
    for (let run = 0; run < 20 && !/is set aside/.test(text); run++) {
      assert.doesNotMatch(text, /^hint: /m);
      [, text] = await refused(words);
    }
    assert.match(text, /^warning: message 1 .* is set aside: .*$/m);
    const [, retry = ''] =
      /\nhint: .*: postrider (ledger retry 127\.0\.0\.1 ann --port .*)\n$/.exec(text) ?? [];
    assert.equal(text.match(/^hint: /gm)?.length, 1);
    const { code, stdout } = await postrider(retry.split(' '), scene.env);
    assert.equal(code, 0);
    assert.match(stdout, /^2 messages of ann@127\.0\.0\.1:\d+ will be tried again\.\n$/);
  });

  test('how a message that was set aside is tried again, where the configuration was named', async () => {
    const config = join(scene.folder, 'mine.toml');
    writeFileSync(
      config,
      `[accounts.work]\nhost = "127.0.0.1"\nport = ${scene.port}\nuser = "ann"\nsecurity = "none"\nto = "command:exit 1"\n`,
      { mode: 0o600 },
    );
    const words = ['collect', 'work', '--limit', '1', '--retries', '0', '--config', config];
    let text = '';
    for (let run = 0; run < 40 && !/is set aside/.test(text); run++)
      text = (await postrider(words, scene.env)).stderr;
    const [, retry = ''] = /\nhint: .*: postrider (ledger retry work .*)\n$/.exec(text) ?? [];
    const { stdout } = await postrider(retry.split(' '), scene.env);
    assert.match(stdout, /^1 message of ann@127\.0\.0\.1:\d+ will be tried again\.\n$/);
  });

  test('a mail server that refuses the login: 77; with the right password over TLS, the messages arrive', async () => {
    const certificate = await makeCertificate('localhost');
    const ca = join(scene.folder, 'ca.pem');
    writeFileSync(ca, certificate.cert);
    const arrived: string[] = [];
    const port = await startSmtp({
      authOptional: false,
      disabledCommands: [],
      ...{ key: certificate.key, cert: certificate.cert },
      onAuth: ({ username, password }, _, done) =>
        done(username === 'ann@x' && password === 's3cret' ? null : refusal(535), { user: username }),
      onData: (stream, _, done) => {
        let content = '';
        stream.setEncoding('latin1').on('data', (piece: string) => {
          content += piece;
        });
        stream.on('end', () => {
          arrived.push(content);
          done();
        });
      },
    });
    const to = ['--to', `smtp://ann%40x@localhost:${port}?ca=${ca}&to=ann@x`];
    const [code, text] = await refused(to, { ...scene.env, POSTRIDER_TO_PASSWORD: 'wr0ng' });
    assert.equal(code, 77);
    assert.match(
      text,
      /: the login was refused: .*535.*\nhint: Check user and password of the destination\.\n$/,
    );
    assert.doesNotMatch(text, /wr0ng/);
    const untrusted = [`smtp://ann%40x@localhost:${port}?to=ann@x`, '--to-password-command', 'echo s3cret'];
    const [unsafe, why] = await refused(['--to', ...untrusted]);
    assert.equal(unsafe, 73);
    assert.match(
      why,
      /cannot connect: its certificate is not trusted: it signed it itself\nhint: Give its authority with \?ca=FILE\./,
    );
    const { stdout, stderr } = await collect(...to, '--to-password-command', 'echo s3cret');
    assert.match(stdout, /^12 new messages /, stderr);
    assert.deepEqual(arrived.sort(), messages.map(withCrlf).sort());
  });

  test('a wrong password for the maildrop: 77; nobody listening: 69; a second collector: 75', async () => {
    const to = ['--to', `maildir:${mail}`];
    assert.equal((await refused(to, { ...scene.env, POSTRIDER_PASSWORD: 'wrong' }))[0], 77);
    const port = await freePort();
    const words = [
      'collect',
      '127.0.0.1',
      'ann',
      '--port',
      String(port),
      '--security',
      'none',
      '--retries',
      '0',
    ];
    const { code } = await postrider([...words, '--ledger', join(scene.folder, 'l'), ...to], scene.env);
    assert.equal(code, 69);
    const { SqliteLedger } = await import('@postrider/collector');
    const ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
    await ledger.openAccount(`ann@127.0.0.1:${scene.port}`);
    const [locked, text] = await refused(to);
    await ledger.close();
    assert.equal(locked, 75);
    assert.match(text, /ann@127\.0\.0\.1:\d+ is being collected by process \d+/);
  });

  test('a ledger that is none: 74', async () => {
    writeFileSync(join(scene.folder, 'ledger.sqlite'), 'nonsense, and no database at all');
    const [code, text] = await refused(['--to', `maildir:${mail}`]);
    assert.equal(code, 74);
    assert.match(text, /^postrider: the ledger .*\nhint: /);
  });

  test('a session that breaks in the middle: 75, and where it was, also when it is tried again', async () => {
    const proxy = await startFaultyProxy({ port: scene.port }, { cutAfter: 1500 });
    cleanups.push(() => proxy.close());
    const words = scene.words.map((word) => (word === String(scene.port) ? String(proxy.port) : word));
    const ran = await postrider(
      ['collect', ...words, '--retries', '1', '--to', `maildir:${mail}`, '--json'],
      scene.env,
    );
    const where = `127.0.0.1:${proxy.port}: while collecting: `;
    const told = ran.stdout.split('\n').filter((line) => /"type":"(?:retry|summary)"/.test(line));
    assert.equal(told.length, 2, ran.stdout);
    for (const line of told) assert.ok(line.includes(`"error":"${where}`), line);
    assert.ok(ran.stderr.includes(`\npostrider: ${where}`), ran.stderr);
    assert.equal(ran.code, 75);
  });

  test('messages that nothing tells from others: 65, and one warning for all', async () => {
    await using server = await startScriptedServer(async (peer) => {
      await peer.send('+OK ready\r\n');
      await peer.answer((line) => {
        if (/^(?:CAPA|UIDL|TOP|RETR)/.test(line)) return '-ERR not here\r\n';
        if (line === 'STAT') return '+OK 3 300\r\n';
        return line === 'LIST' ? '+OK\r\n1 100\r\n2 100\r\n3 100\r\n.\r\n' : '+OK\r\n';
      });
    });
    const words = scene.words.map((word) => (word === String(scene.port) ? String(server.port) : word));
    const ran = await postrider(
      ['collect', ...words, '--allow-cleartext-password', '--to', `maildir:${mail}`],
      scene.env,
    );
    assert.deepEqual(ran.stderr.match(/^warning: .*header.*$/gm), [
      'warning: 3 messages stay on the server, having no unique-id, and no header that can be read',
    ]);
    assert.match(ran.stdout, /^0 new messages .*, 3 left on the server\.\n$/);
    assert.equal(ran.code, 65);
  });

  test('a maildrop that is in use: 75, and after a retry it may be free', async () => {
    const { Pop3Client } = await import('@postrider/pop3');
    const other = await Pop3Client.connect({ host: '127.0.0.1', port: scene.port, security: 'none' });
    await other.authenticate({ user: 'ann', password: 'p4ss' });
    const [code, text] = await refused(['--to', `maildir:${mail}`]);
    assert.equal(code, 75);
    assert.match(text, /while logging in: .*IN-USE/);
    const { stdout, stderr } = await postriderIn(
      {
        env: scene.env,
        onOutput: (line) => {
          if (line.includes('"retry"')) void other.quit();
        },
      },
      ['collect', ...scene.words, '--to', `maildir:${mail}`, '--json'],
    );
    assert.match(
      stdout,
      /"type":"retry","delay":2000,"error":"127\.0\.0\.1:\d+: while logging in: .*"retrieved":12/s,
      stderr,
    );
  });
});

function refusal(responseCode: number): Error {
  return Object.assign(new Error('no'), { responseCode });
}

async function startSmtp(options: ConstructorParameters<typeof SMTPServer>[0]): Promise<number> {
  const server = new SMTPServer({
    lmtp: false,
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise<void>((resolve) => server.close(resolve)));
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = await listen(createServer());
  await server.close();
  return server.port;
}
