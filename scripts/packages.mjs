// Checks every published package as npm would see it: exports, types and files.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const folder = mkdtempSync(join(tmpdir(), 'postrider-pack-'));
try {
  for (const name of ['pop3', 'collector', 'postrider']) {
    run('npx', ['--no-install', 'publint', '--strict', `packages/${name}`]);
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, `./packages/${name}`], {
      stdio: 'ignore',
    });
  }
  for (const file of readdirSync(folder)) {
    // The command line has nothing to import.
    if (file.startsWith('postrider-0') || /^postrider-\d/.test(file)) continue;
    run('npx', ['--no-install', 'attw', '--profile', 'esm-only', join(folder, file)]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
