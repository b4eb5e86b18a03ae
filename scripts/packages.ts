// Checks the published packages as npm and their users will see them: exports and types, the files in the tarballs, and what a
// program can do that has nothing but these tarballs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useFromFolder } from './package/consumer.ts';
import { checkContents } from './package/contents.ts';
import { checkManifest } from './package/manifest.ts';

const names = ['pop3', 'collector', 'postrider'];
const folder = mkdtempSync(join(tmpdir(), 'postrider-pack-'));

// They have a lot to say where all is well.
function run(...words: readonly string[]): void {
  try {
    execFileSync('npx', ['--no-install', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error);
    throw new Error(`${words.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

try {
  const tarballs = names.map((name) => {
    checkManifest(join('packages', name));
    run('publint', '--strict', `packages/${name}`);
    const output = execFileSync('npm', [
      'pack',
      '--json',
      '--pack-destination',
      folder,
      `./packages/${name}`,
    ]);
    const tarball = join(folder, checkContents(join('packages', name), JSON.parse(output.toString())));
    // The command line has nothing to import.
    if (name !== 'postrider') run('attw', '--profile', 'esm-only', tarball);
    return tarball;
  });
  useFromFolder(tarballs, join(folder, 'consumer'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
