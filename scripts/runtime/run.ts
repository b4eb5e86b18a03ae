import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from './install.ts';
import { readReport, type TestReport } from './junit.ts';

const condition = '--conditions=@postrider/source';
// Some 20 seconds each on an idle machine.
const longest = 300_000;

/** Runs test files on a runtime, in one go. */
export function runTests(
  { name, version, program }: Runtime,
  files: readonly string[],
): TestReport & { readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-runtime-'));
  const report = join(folder, 'report.xml');
  try {
    const { stdout, stderr, error } = spawnSync(
      program,
      [...wordsFor(name, version, report), ...files.map((file) => `./${file}`)],
      {
        encoding: 'utf8',
        timeout: longest,
        maxBuffer: 256 * 1024 * 1024,
        env: { ...process.env, NO_COLOR: '1', DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
      },
    );
    const output = `${stdout}\n${stderr}\n${error?.message ?? ''}`;
    const read = existsSync(report) ? readReport(readFileSync(report, 'utf8')) : { tests: 0, failures: [] };
    return { ...read, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wordsFor(name: Runtime['name'], version: string, report: string): readonly string[] {
  switch (name) {
    case 'bun':
      return ['test', condition, '--reporter=junit', `--reporter-outfile=${report}`];
    case 'deno':
      // The types are checked by the compiler already.
      return ['test', '--allow-all', '--no-check', '--no-lock', condition, `--junit-path=${report}`];
    default: {
      const types = '--experimental-strip-types';
      // One process for all files, as on the other runtimes.
      const isolation = version.startsWith('22.') ? 'experimental-test-isolation' : 'test-isolation';
      const reporter = ['--test-reporter=junit', `--test-reporter-destination=${report}`];
      return [types, '--no-warnings', condition, '--test', `--${isolation}=none`, ...reporter];
    }
  }
}
