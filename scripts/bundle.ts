// Puts the command line into few files, with the project's own packages in them: loading hundreds of small modules would take longer than
// most of what it does.
import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const folder = 'packages/postrider';
const manifest: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(`${folder}/package.json`, 'utf8'),
);

rmSync(`${folder}/bundle`, { recursive: true, force: true });
await build({
  entryPoints: [`${folder}/src/main.ts`],
  outdir: `${folder}/bundle`,
  bundle: true,
  // What one command alone needs stays in files of its own.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  conditions: ['@postrider/source'],
  external: Object.keys(manifest.dependencies),
  logLevel: 'warning',
});
