import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a program that is called with the address of the sign-in page, as a browser is, and does what a person would. Gives its path. */
export function makeBrowser(folder: string): string {
  const file = join(folder, 'browser');
  const walker = new URL('./person.ts', import.meta.url).href;
  const source = `const { walk } = await import("${walker}"); await walk(process.argv[1]);`;
  writeFileSync(
    file,
    `#!/bin/sh\nexec '${process.execPath}' --input-type=module --eval '${source}' -- "$1"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}
