import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fillMaildir, makeCorpus, toLineFeed } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { requireProgram } from '../src/require-program.ts';

// The program itself, over TLS, with ten thousand messages of all kinds.
const count = 10_000;
const fastFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const postrider = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;

interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

suite('postrider collect from Dovecot over TLS', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  let folder = '';
  /** SHA-256 of each message as a Maildir has it, sorted. */
  let expected: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(fastFolder, 'pr-collect-'));
    dovecot = await startDovecot({ users: { alice: 'secret' }, folder: fastFolder });
    const corpus = fillMaildir(
      dovecot,
      'alice',
      makeCorpus({ count, odd: true, bodyOctets: (_, random) => 200 + Math.floor(random() * 4000) }),
    );
    // Dovecot ends a message of nothing with a line end: an answer of POP3 has no other form.
    expected = corpus
      .map(({ octets }) => sha256(octets.length === 0 ? Buffer.from('\n') : toLineFeed(octets)))
      .sort();
  });
  after(async () => {
    await dovecot?.stop();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  function start(to: string, ...options: readonly string[]): ChildProcess {
    const words = [
      'collect',
      'localhost',
      'alice',
      '--port',
      String(dovecot.tlsPort),
      '--ca',
      dovecot.certificate.caFile,
    ];
    const paths = ['--to', `maildir:${join(folder, to)}`, '--ledger', join(folder, `${to}.sqlite`)];
    return spawn(process.execPath, [postrider, ...words, ...paths, ...options], {
      env: { PATH: process.env['PATH'], HOME: folder, POSTRIDER_PASSWORD: 'secret' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function end(child: ChildProcess): Promise<Ran> {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (data) => (stdout += data));
    child.stderr?.on('data', (data) => (stderr += data));
    await once(child, 'close');
    return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
  }

  const collect = (to: string, ...options: readonly string[]): Promise<Ran> => end(start(to, ...options));
  const home = (to: string): string[] => {
    const path = join(folder, to, 'new');
    return readdirSync(path)
      .map((file) => sha256(readFileSync(join(path, file))))
      .sort();
  };
  // A list of ten thousand hashes would tell nobody anything.
  const isHome = (to: string): void => {
    const found = home(to);
    assert.equal(found.length, expected.length);
    assert.deepEqual(
      found.filter((hash, index) => hash !== expected[index]),
      [],
    );
  };
  const left = (): number =>
    ['cur', 'new'].reduce((sum, name) => sum + readdirSync(join(dovecot.maildir('alice'), name)).length, 0);

  test(`brings ${count} messages home, octet for octet; a second run fetches none; the server keeps them`, async () => {
    const first = await collect('kept');
    assert.equal(first.code, 0, first.stderr);
    assert.match(
      first.stdout,
      /^10000 new messages \(.*\) delivered to maildir:.*, 0 failed, 0 already here\.\n$/,
    );
    isHome('kept');
    const second = await collect('kept');
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /^0 new messages .*, 0 failed, 10000 already here\.\n$/);
    isHome('kept');
    assert.equal(left(), count);
  });

  test('killed again and again: in the end every message is there once, octet for octet', async () => {
    let kills = 0;
    for (const wanted of [1, 500, 2000, 4000, 7000]) {
      const child = start('killed', '--json');
      let delivered = 0;
      child.stdout?.on('data', (data: Buffer) => {
        delivered += data.toString('latin1').split('"type":"delivered"').length - 1;
        if (delivered >= wanted - kills) child.kill('SIGKILL');
      });
      const { signal } = await end(child);
      if (signal === 'SIGKILL') kills++;
      const known = new Set(expected);
      const now = home('killed');
      assert.ok(
        now.every((hash) => known.has(hash)),
        'a part of a message is visible',
      );
      assert.equal(new Set(now).size, now.length, 'a message is there twice');
    }
    assert.ok(kills >= 3, `${kills} kills`);
    const last = await collect('killed');
    assert.equal(last.code, 0, last.stderr);
    isHome('killed');
  });

  test('deletes what is delivered, also where it was killed in between; the server is empty then', async () => {
    const child = start('deleted', '--delete', '--json');
    child.stdout?.on('data', (data: Buffer) => {
      if (data.toString('latin1').includes('"type":"delivered"')) child.kill('SIGKILL');
    });
    await end(child);
    const safe = new Set(home('deleted'));
    assert.ok(left() + safe.size >= count);
    const { code, stdout, stderr } = await collect('deleted', '--delete');
    assert.equal(code, 0, stderr);
    assert.match(stdout, / 0 failed, .* deleted from the server\.\n$/);
    isHome('deleted');
    assert.equal(left(), 0);
    const again = await collect('deleted', '--delete');
    assert.equal(again.code, 0, again.stderr);
    isHome('deleted');
  });
});

function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
