import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { program } from '../../../../interop/src/require-program.ts';
import { identityAt, nextId, unreadable } from '../../src/destination/same-message.ts';

const folder = mkdtempSync(join(tmpdir(), 'pr-same-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

function identity(content: string): string | undefined {
  writeFileSync(at('message'), content);
  return identityAt(at('message'));
}

suite('what tells a message apart', () => {
  const long = 'X: y\n'.repeat(10_000);
  const longest = 'X: y\n'.repeat(60_000);
  for (const [name, one, other, same] of [
    ['the header', 'A: b\n\nc', 'A: d\n\nc', false],
    ['not the body', 'A: b\n\nc', 'A: b\n\nd', true],
    ['the end of a long header', `${long}A: b\n\nc`, `${long}A: d\n\nc`, false],
    ['not the body behind a long header', `${long}A: b\n\nc`, `${long}A: b\n\nd`, true],
    ['not what is behind 256 KB', `${longest}A: b\n\nc`, `${longest}A: d\n\nc`, true],
    ['a Message-ID before all else', 'Message-ID: <1>\nA: b\n\n', 'A: d\nMessage-Id: <1>\n\n', true],
    ['another Message-ID', 'Message-ID: <1>\n\n', 'Message-ID: <2>\n\n', false],
    ['an empty Message-ID is none', 'Message-ID:\nA: b\n\n', 'Message-ID:\nA: d\n\n', false],
    ['no Message-ID that looks like one', 'Message-ID: x\n\n', 'message-id x\n\n', false],
  ] as const) {
    test(name, () => assert.equal(identity(one) === identity(other), same));
  }

  test('nothing where there is no file; what is no file of its own is not read, and keeps nobody waiting', () => {
    writeFileSync(at('target'), 'A: b\n\n');
    symlinkSync(at('target'), at('link'));
    symlinkSync(at('nowhere'), at('dangling'));
    mkdirSync(at('folder'));
    execFileSync(program('mkfifo'), [at('pipe')]);
    assert.equal(identityAt(at('nowhere')), undefined);
    for (const name of ['link', 'dangling', 'folder', 'pipe']) assert.equal(identityAt(at(name)), unreadable);
  });

  test('the next id is fit for a file name, and the same each time', () => {
    const id = 'a'.repeat(64);
    assert.match(nextId(id, 'x'), /^[0-9a-f]{64}$/);
    assert.equal(nextId(id, 'x'), nextId(id, 'x'));
    assert.notEqual(nextId(id, 'x'), nextId(id, 'y'));
  });
});
