// Writes what is made from the definitions of the command line: the reference and the man page. With --check, only tells
// whether they are up to date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { commands } from '../packages/postrider/src/flag/registry.ts';
import { manualPage } from '../packages/postrider/src/help/manual.ts';
import { reference } from '../packages/postrider/src/help/reference.ts';
import { version } from '../packages/postrider/src/main.ts';

const files: Readonly<Record<string, string>> = {
  'docs/cli.md': reference(commands),
  'packages/postrider/man/postrider.1': manualPage(commands, version()),
};

for (const [path, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (read(path) !== text) {
    console.error(`${path} is not what the program says. Run: npm run docs`);
    process.exitCode = 1;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
