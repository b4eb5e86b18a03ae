import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one run of a program took. */
export interface Measured {
  readonly seconds: number;
  /** User and system time. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** Runs a program under time(1), and throws where it fails. */
export async function measure(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Measured> {
  const file = join(tmpdir(), `pr-bench-time-${process.pid}`);
  const begin = performance.now();
  const child = spawn('/usr/bin/time', ['-o', file, '-f', '%U %S %M', ...words], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  const seconds = (performance.now() - begin) / 1000;
  if (code !== 0) throw new Error(`${words[0]} failed with ${code}: ${complaint}`);
  const [user = 0, system = 0, kilobytes = 0] = readFileSync(file, 'utf8').trim().split(/\s+/).map(Number);
  rmSync(file);
  return { seconds, cpuSeconds: user + system, peakMegabytes: kilobytes / 1024 };
}
