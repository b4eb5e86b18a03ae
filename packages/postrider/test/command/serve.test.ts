import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { listen } from '../support/listen.ts';
import { postrider, postriderIn, type Ran } from '../support/run.ts';

interface Served {
  readonly host: string;
  readonly tlsPort: number;
  readonly starttlsPort: number;
  readonly user: string;
  readonly password: string;
  readonly pin: string;
}

const mail = (subject: string): string => `From: a@example.org\nSubject: ${subject}\n\n.dot\n${subject}\n`;

suite('serve', () => {
  let folder: string;
  let mbox: string;
  let maildir: string;
  let files: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-serve-'));
    mbox = join(folder, 'box');
    maildir = join(folder, 'Maildir');
    files = join(folder, 'files');
    writeFileSync(
      mbox,
      ['one', 'two'].map((subject) => `From a Tue Nov 24 09:00:00 2026\n${mail(subject)}\n`).join(''),
    );
    for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(maildir, name), { recursive: true });
    writeFileSync(join(maildir, 'new', '1.a'), mail('one'));
    writeFileSync(join(maildir, 'cur', '2.b:2,S'), mail('two'));
    mkdirSync(files);
    writeFileSync(join(files, '1.eml'), mail('one'));
    writeFileSync(join(files, '2.eml'), mail('two'));
    symlinkSync(maildir, join(folder, 'link'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Serves while something is done, and then interrupts it. */
  async function serving(words: readonly string[], use: (served: Served) => Promise<void>): Promise<Ran> {
    const controller = new AbortController();
    const used = Promise.withResolvers<void>();
    const onOutput = (text: string): void => {
      const end = (): void => controller.abort(new DOMException('interrupted', 'AbortError'));
      use(JSON.parse(text)).then(used.resolve, used.reject).finally(end);
    };
    const ran = await postriderIn({ signal: controller.signal, onOutput }, ['serve', ...words, '--json']);
    assert.equal(ran.code, 0, ran.stderr);
    await used.promise;
    return ran;
  }
  const client = (
    { host, tlsPort, user, password, pin }: Served,
    command: string,
    ...words: string[]
  ): Promise<Ran> =>
    postrider([command, host, user, ...words, '--port', String(tlsPort), '--pin', pin], {
      POSTRIDER_PASSWORD: password,
    });

  const linux = process.platform === 'linux';
  test('a file whose name is not UTF-8 is one of them', {
    skip: !linux && 'all names are UTF-8',
  }, async () => {
    const odd = join(folder, 'odd');
    mkdirSync(odd);
    writeFileSync(Buffer.from(`${odd}/\xe9.eml`, 'latin1'), mail('odd'));
    await serving([odd, '--writable'], async (served) => {
      const { stdout } = await client(served, 'show', '1', '--raw');
      assert.equal(stdout, mail('odd').replaceAll('\n', '\r\n'));
      await client(served, 'delete', '1', '--yes');
    });
    assert.deepEqual(readdirSync(odd), []);
  });

  const kinds: readonly (readonly [kind: string, path: () => string])[] = [
    ['an mbox', () => mbox],
    ['a Maildir', () => maildir],
    ['a folder of .eml files', () => files],
    ['a link to a Maildir', () => join(folder, 'link')],
  ];
  for (const [kind, path] of kinds) {
    test(`${kind}, over TLS and STLS, and read-only`, async () => {
      await serving([path()], async (served) => {
        assert.equal(served.host, '127.0.0.1');
        const listed = await client(served, 'list', '--headers');
        assert.match(listed.stdout, /\n1 .*a@example\.org +one\n2 .*a@example\.org +two\n$/, listed.stderr);
        const raw = await client(served, 'show', '1', '--raw');
        assert.equal(raw.stdout, mail('one').replaceAll('\n', '\r\n'));
        const stls = [
          'status',
          served.host,
          served.user,
          '--security',
          'starttls',
          '--port',
          String(served.starttlsPort),
          '--pin',
          served.pin,
        ];
        const status = await postrider(stls, { POSTRIDER_PASSWORD: served.password });
        assert.match(status.stdout, /^You have 2 messages/, status.stderr);
        const deleted = await client(served, 'delete', '1', '--yes');
        assert.equal(deleted.code, 65);
        assert.match(deleted.stderr, /nothing can be deleted/);
        const again = await client(served, 'status');
        assert.match(again.stdout, /^You have 2 messages/);
      });
    });
  }

  test('--writable lets clients delete, also out of an mbox', async () => {
    const box = join(folder, 'writable');
    writeFileSync(box, readFileSync(mbox));
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    for (const name of readdirSync(files)) writeFileSync(join(copy, name), readFileSync(join(files, name)));
    for (const path of [box, copy]) {
      await serving([path, '--writable'], async (served) => {
        const deleted = await client(served, 'delete', '1', '--yes');
        assert.match(deleted.stdout, /Deleted 1 message\.\n$/, deleted.stderr);
      });
    }
    assert.doesNotMatch(readFileSync(box, 'utf8'), /Subject: one/);
    assert.match(readFileSync(box, 'utf8'), /Subject: two/);
    assert.deepEqual(readdirSync(copy), ['2.eml']);
  });

  test('the password is made up each time, or the one of the environment', async () => {
    const passwords = new Set<string>();
    for (let count = 0; count < 2; count++)
      await serving([files], async ({ password }) => void passwords.add(password));
    assert.equal(passwords.size, 2);
    for (const password of passwords) assert.match(password, /^[\w-]{12}$/);
    const text = await interruptedAtOnce(['serve', files, '--user', "o'neil x"], {
      POSTRIDER_PASSWORD: 'mine',
    });
    assert.doesNotMatch(text.stdout, /mine/);
    assert.match(text.stdout, /password {2}\(from POSTRIDER_PASSWORD\)/);
    assert.match(text.stdout, /^Serving the \.eml files of .*, 2 messages, read-only\.$/m);
    assert.ok(text.stdout.includes(`postrider list 127.0.0.1 'o'\\''neil x' --port`));
  });

  const interruptedAtOnce = (words: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
    postriderIn({ env, signal: AbortSignal.abort(new DOMException('interrupted', 'AbortError')) }, words);

  test('an address that other machines reach is warned about, and loopback is not', async () => {
    assert.match(
      (await interruptedAtOnce(['serve', files, '--listen', '0.0.0.0'])).stderr,
      /other machines can reach/,
    );
    assert.equal((await interruptedAtOnce(['serve', files])).stderr, '');
  });

  test('what cannot be served, and where it cannot be listened', async () => {
    const notMail = join(folder, 'not-mail');
    writeFileSync(notMail, 'hello\n');
    for (const path of [notMail, join(folder, 'nowhere')]) {
      const { code, stderr } = await postrider(['serve', path]);
      assert.equal(code, 74);
      assert.match(stderr, /cannot be served: .*\nhint: Give a Maildir, an mbox file, or a folder/);
    }
    await using taken = await listen(createServer());
    const { code, stderr } = await postrider(['serve', files, '--port', String(taken.port)]);
    assert.equal(code, 74);
    assert.match(
      stderr,
      /cannot listen on 127\.0\.0\.1:\d+: another program listens there\nhint: Choose another --port/,
    );
  });
});
