import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { program, requireProgram } from '../../interop/src/require-program.ts';
import { readBlocks } from '../src/markdown.ts';

const folder = mkdtempSync(join(tmpdir(), 'postrider-unit-'));
const units = readBlocks('docs/unattended.md').filter(({ language }) => language === 'ini');

const service = '[Service]\nType=oneshot\nExecStart=/usr/bin/postrider\n';

suite('the systemd units of the documentation', requireProgram('systemd-analyze'), () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('there are three', () => assert.equal(units.length, 3));

  for (const { directives, text, line } of units) {
    const file = directives.get('file') ?? 'none';
    test(`${file} means something to systemd`, async () => {
      const path = join(folder, dirname(file).replaceAll(/[^a-z]/g, '-'), basename(file));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, runnable(text));
      // A timer needs its service beside it.
      if (path.endsWith('.timer')) writeFileSync(path.replace(/timer$/, 'service'), runnable(service));
      const verify = promisify(execFile)(program('systemd-analyze'), ['verify', '--man=no', path]);
      const { stdout, stderr } = await verify.catch((error: unknown) => ({
        stdout: String(error),
        stderr: '',
      }));
      assert.equal(stdout + stderr, '', `docs/unattended.md:${line}`);
    });
  }

  test('the service for a machine is as shut in as systemd can tell', async () => {
    const path = join(folder, 'hardened.service');
    const hardened = units.find(({ text }) => text.includes('CapabilityBoundingSet'));
    writeFileSync(path, hardened?.text ?? '');
    const { stdout } = await promisify(execFile)(program('systemd-analyze'), [
      'security',
      '--offline=yes',
      '--no-pager',
      path,
    ]);
    const exposure = Number(/exposure level for .*: ([\d.]+)/.exec(stdout)?.[1]);
    assert.ok(exposure > 0 && exposure < 2.5, `exposure ${exposure}`);
  });
});

// The command is not installed on the machine that tests.
function runnable(unit: string): string {
  return unit.replaceAll('/usr/bin/postrider', process.execPath);
}
