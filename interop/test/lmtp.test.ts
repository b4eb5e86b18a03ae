import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type CorpusMessage, fillMaildir, makeCorpus } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { requireProgram } from '../src/require-program.ts';

const program = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;

suite('from Dovecot by POP3 to Dovecot by LMTP', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  let corpus: readonly CorpusMessage[];
  before(async () => {
    dovecot = await startDovecot({ users: { alice: 'one', bob: 'two', carol: 'three' } });
    // Dots, 8-bit octets, long lines, 5 MB.
    corpus = fillMaildir(dovecot, 'alice', makeCorpus({ count: 20, odd: true }));
    for (const user of ['bob', 'carol']) fillMaildir(dovecot, user, []);
  });
  after(() => dovecot?.stop());

  function collect(...to: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const words = ['collect', '127.0.0.1', 'alice', '--port', String(dovecot.tlsPort)];
    const more = ['--ca', dovecot.certificate.caFile, '--ledger', join(dovecot.folder, 'ledger.sqlite')];
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', POSTRIDER_PASSWORD: 'one' };
    const destinations = to.flatMap((one) => ['--to', one]);
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [program, ...words, ...more, ...destinations],
        { env },
        (error, stdout, stderr) => {
          resolve({ code: error?.code ?? 0, stdout, stderr });
        },
      );
    });
  }

  /** What a user has, without the fields that an LMTP server puts on top. */
  function stored(user: string): string[] {
    return readdirSync(join(dovecot.maildir(user), 'new'))
      .map((file) =>
        readFileSync(join(dovecot.maildir(user), 'new', file), 'latin1').replaceAll('\r\n', '\n'),
      )
      .map((text) =>
        text.replace(/^(?:(?:Return-Path|Delivered-To): .*\n|Received: from .*\n(?:[ \t].*\n)*)*/, ''),
      )
      .sort();
  }

  test('each recipient gets every message once, and one that does not exist keeps none from the others', async () => {
    const lmtp = (user: string): string => `lmtp://127.0.0.1:${dovecot.lmtpPort}?to=${user}`;
    const expected = corpus
      .map(({ octets }) => octets.toString('latin1').replaceAll('\r\n', '\n'))
      // SMTP ends a message with the end of a line.
      .map((text) => (text.endsWith('\n') ? text : `${text}\n`))
      // That one begins with the field that the server takes for its own.
      .map((text) => text.replace(/^Return-Path: .*\n/, ''))
      .sort();
    const first = await collect(lmtp('bob'), lmtp('nobody'));
    // No message is to blame.
    assert.equal(first.code, 73);
    assert.match(first.stderr, /lmtp:.*to=nobody: the server refused the recipient: 550 /);
    assert.deepEqual(stored('bob'), expected);
    const second = await collect(lmtp('bob'), lmtp('carol'));
    assert.match(second.stdout, /^20 new messages /, second.stderr);
    assert.deepEqual(stored('bob'), expected);
    assert.deepEqual(stored('carol'), expected);
    assert.match(
      (await collect(lmtp('bob'), lmtp('carol'))).stdout,
      /^0 new messages .*, 20 already here\.\n$/,
    );
  });
});
