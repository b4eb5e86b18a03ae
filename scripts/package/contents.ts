import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

const allowed: readonly RegExp[] = [
  /^(?:package\.json|README\.md|LICENSE)$/,
  /^dist\/(?:[a-z0-9-]+\/)*[a-z0-9-]+\.(?:js|d\.ts|js\.map|d\.ts\.map)$/,
  /^src\/(?:[a-z0-9-]+\/)*[a-z0-9-]+\.(?:ts|wat)$/,
  /^bin\/postrider\.js$/,
  /^bundle\/[A-Za-z0-9-]+\.js$/,
  /^man\/postrider\.1$/,
];

/** Checks what `npm pack --json` says that it packed, and gives the name of the tarball. */
export function checkContents(folder: string, output: unknown): string {
  const [packed] = Array.isArray(output) ? output : Object.values(Object(output));
  assert.ok(isPacked(packed), 'npm pack said something else than expected');
  const { name, filename, files } = packed;
  const paths = new Set(files.map(({ path }) => path));
  for (const path of ['package.json', 'README.md', 'LICENSE'])
    assert.ok(paths.has(path), `${name} lacks ${path}`);
  for (const path of paths) {
    assert.ok(
      allowed.some((form) => form.test(path)),
      `${name} would publish ${path}`,
    );
    if (path.endsWith('.map')) checkMap(folder, path, paths);
    if (!path.startsWith('dist/')) continue;
    // tsc leaves what it made from a source that is gone.
    const source = path.replace(/^dist\//, 'src/').replace(/(?:\.d\.ts|\.js)(?:\.map)?$/, '.ts');
    assert.ok(
      existsSync(join(folder, source)),
      `${name}: ${path} comes from no source; delete dist and build again`,
    );
  }
  return filename;
}

/** What a source map points to must be in the package, or debuggers show nothing. */
function checkMap(folder: string, path: string, paths: ReadonlySet<string>): void {
  const map: { sources: readonly string[] } = JSON.parse(readFileSync(join(folder, path), 'utf8'));
  for (const source of map.sources) {
    const target = normalize(join(dirname(path), source));
    assert.ok(paths.has(target), `${folder}: ${path} points to ${target}, which is not packed`);
  }
}

function isPacked(value: unknown): value is Packed {
  return typeof value === 'object' && value !== null && 'files' in value && 'filename' in value;
}
