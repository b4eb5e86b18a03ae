import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Block } from './markdown.ts';

const run = promisify(execFile);
const root: string = new URL('../..', import.meta.url).pathname;

/** Where the blocks are written: inside the workspace, so that they find the packages. */
export const snippetFolder: string = join(root, 'docs', '.snippet');

/** The file that a TypeScript block is written to. */
export function snippetFile({ document, line }: Block): string {
  return join(snippetFolder, `${document.replaceAll(/[/.]/g, '-').toLowerCase()}-${line}.ts`);
}

/** Writes TypeScript blocks to files, as modules. */
export function writeSnippets(blocks: readonly Block[]): void {
  rmSync(snippetFolder, { recursive: true, force: true });
  mkdirSync(snippetFolder, { recursive: true });
  for (const block of blocks) writeFileSync(snippetFile(block), `${block.text}\nexport {};\n`);
}

/** Checks the types of blocks that were written. Gives the compiler's words; none where all are right. */
export async function checkTypes(blocks: readonly Block[]): Promise<string> {
  const settings = {
    extends: '../../tsconfig.test.json',
    // What is shown may be more than what is used.
    compilerOptions: { noUnusedLocals: false },
    files: blocks.map(snippetFile),
  };
  writeFileSync(join(snippetFolder, 'tsconfig.json'), JSON.stringify(settings));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = await run(process.execPath, [compiler, '-p', snippetFolder]).catch(
    (error: unknown) => error,
  );
  return typeof result === 'object' && result !== null && 'stdout' in result
    ? String(result.stdout)
    : String(result);
}
