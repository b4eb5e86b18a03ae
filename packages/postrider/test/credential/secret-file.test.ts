import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { readFromFile } from '../../src/credential/secret-file.ts';
import type { Io } from '../../src/io.ts';

/** A world whose standard input is this. */
function withInput(
  stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean },
  signal = new AbortController().signal,
): Io {
  const sink = { write: () => true, once: () => undefined };
  const nobody = () => Promise.reject(new Error('nobody is there'));
  const prompter = { available: false, hidden: nobody, line: nobody, confirm: nobody, choose: nobody };
  return { stdin, stdout: sink, stderr: sink, env: {}, prompter, signal };
}

async function* pieces(...octets: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* octets;
}

suite('standard input', () => {
  test('a character that comes in two pieces is whole', async () => {
    const octets = Buffer.from('pässwörd\nmore');
    for (let split = 1; split < octets.length; split++) {
      const io = withInput(pieces(octets.subarray(0, split), octets.subarray(split)));
      assert.equal((await readFromFile('-', io)).reveal(), 'pässwörd');
    }
  });

  test('is not waited for once the line is there', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('secret\n');
      await new Promise(() => {});
    }
    assert.equal((await readFromFile('-', withInput(endless()))).reveal(), 'secret');
  });

  test('is for every account of the run', async () => {
    const io = withInput(Readable.from([Buffer.from('secret\n')]));
    for (let account = 0; account < 2; account++)
      assert.equal((await readFromFile('-', io)).reveal(), 'secret');
  });

  test('that says nothing is left where the user wants out', async () => {
    async function* silent(): AsyncGenerator<Uint8Array> {
      await new Promise(() => {});
    }
    const controller = new AbortController();
    const reading = readFromFile('-', withInput(silent(), controller.signal));
    const reason = new DOMException('interrupted', 'AbortError');
    controller.abort(reason);
    await assert.rejects(reading, (error) => error === reason);
  });

  test('that is a terminal is refused: the password would be seen', async () => {
    const io = withInput(Object.assign(pieces(), { isTTY: true }));
    await assert.rejects(readFromFile('-', io), { exitCode: 64, hint: /is asked for, and hidden/ });
  });
});

suite('a password file', () => {
  test('that is a folder, or not UTF-8, is called that', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pr-secret-'));
    try {
      const file = join(folder, 'latin1');
      writeFileSync(file, Buffer.from('p\xe4ssword\n', 'latin1'), { mode: 0o600 });
      chmodSync(folder, 0o755);
      const io = withInput(pieces());
      await assert.rejects(readFromFile(folder, io), { exitCode: 74, message: /it is a directory$/ });
      await assert.rejects(readFromFile(file, io), { exitCode: 74, message: /is not UTF-8$/ });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
