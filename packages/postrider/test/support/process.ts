import { spawn } from 'node:child_process';
import type { Ran } from './run.ts';

const main = new URL('../../src/main.ts', import.meta.url).href;

/** Runs the program in a process of its own. */
export function postriderProcess(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Pick<Ran, 'code' | 'stdout' | 'stderr'>> {
  const source = `const { runProcess } = await import(${JSON.stringify(main)}); await runProcess();`;
  const options = ['--conditions=@postrider/source', '--input-type=module', '--eval', source];
  // Without a script, its name has to be made up.
  const child = spawn(process.execPath, [...options, '--', 'postrider', ...words], {
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      POSTRIDER_KEYRING: 'none',
      BROWSER: 'none',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code: code ?? -1, ...written }));
  });
}
