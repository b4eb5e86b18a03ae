import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Checks what npm takes from a package.json when it publishes. */
export function checkManifest(folder: string): void {
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const root: Record<string, unknown> = JSON.parse(readFileSync('packages/pop3/package.json', 'utf8'));
  const { name, version, license, description, keywords, engines, type, publishConfig, dependencies } =
    manifest;
  // A scoped package is private otherwise; provenance ties the tarball to the build that made it.
  assert.deepEqual(publishConfig, { access: 'public', provenance: true }, `${name}: publishConfig`);
  assert.equal(version, root['version'], `${name}: all packages have one version`);
  assert.equal(license, 'MIT');
  assert.equal(type, 'module');
  assert.ok(typeof description === 'string' && Array.isArray(keywords) && engines !== undefined, `${name}`);
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) {
    assert.ok(!(hook in Object(manifest['scripts'])), `${name} runs a script when it is installed: ${hook}`);
  }
  if (name === '@postrider/pop3') assert.equal(dependencies, undefined, `${name} has no dependencies`);
  for (const [dependency, range] of Object.entries(Object(dependencies))) {
    assert.match(String(range), /^\d+\.\d+\.\d+$/, `${name}: ${dependency} is not exact`);
    if (/postrider/.test(dependency)) assert.equal(range, version, `${name}: ${dependency}`);
  }
}
