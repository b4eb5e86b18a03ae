import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { destinationForms } from '@postrider/collector';
import { knownKeys } from '../../packages/postrider/src/config/schema.ts';

const root = new URL('../..', import.meta.url).pathname;

function read(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

/** The error codes that stand in the sources of some folders. */
function codesIn(...folders: readonly string[]): readonly string[] {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
  const codes = files.flatMap((file) => read(file).match(/(?<=')ERR_[A-Z0-9_]+(?=')/g) ?? []);
  return [...new Set(codes)].sort();
}

/** What the words in backquotes at the beginning of table rows are. */
function rowsOf(document: string): ReadonlySet<string> {
  const rows = read(document).matchAll(/^\| (`[^|]*) \|/gm);
  return new Set(
    [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)),
  );
}

suite('the documents leave nothing out', () => {
  test('library.md has every error code of the client', () => {
    const layers = ['protocol', 'sasl', 'transport', 'client'].map((layer) => `packages/pop3/src/${layer}`);
    const documented = [...rowsOf('docs/library.md')].filter((word) => word.startsWith('ERR_'));
    assert.deepEqual(documented.sort(), codesIn(...layers));
  });

  test('collector.md has every error code of the engine', () => {
    const documented = [...rowsOf('docs/collector.md')].filter((word) => word.startsWith('ERR_'));
    assert.deepEqual(documented.sort(), codesIn('packages/collector/src'));
  });

  test('configuration.md has every key of an account, and no other', () => {
    assert.deepEqual([...rowsOf('docs/configuration.md')].sort(), [...knownKeys.account].sort());
  });

  test('first-mailbox.md has every kind of destination', () => {
    const text = read('docs/first-mailbox.md');
    for (const form of destinationForms) {
      const kinds = form.includes('(s)') ? [form.replace('(s)', ''), form.replace('(s)', 's')] : [form];
      for (const kind of kinds) {
        const scheme = /^[a-z]+:(?:\/\/)?/.exec(kind)?.[0] ?? kind;
        assert.ok(text.includes(`\`${scheme}`), `${scheme} is not mentioned`);
      }
    }
  });
});
