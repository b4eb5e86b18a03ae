import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';

const source = new URL('../../src/', import.meta.url);

/** Which specifiers the files of a layer may import. */
const walls: readonly (readonly [layer: string, allowed: RegExp])[] = [
  ['protocol', /^\.\/[a-z0-9-]+\.ts$/],
  ['sasl', /^(?:\.\/[a-z0-9-]+|\.\.\/protocol\/index)\.ts$/],
  ['transport', /^(?:\.\/[a-z0-9-]+\.ts|\.\.\/(?:protocol|sasl)\/index\.ts|node:[a-z/]+)$/],
  ['client', /^(?:\.\/[a-z0-9-]+\.ts|\.\.\/(?:protocol|sasl|transport)\/index\.ts)$/],
  ['server', /^(?:\.\/[a-z0-9-]+\.ts|\.\.\/(?:protocol|sasl|transport)\/index\.ts|node:[a-z/]+)$/],
];

suite('the walls between the layers', () => {
  for (const [layer, allowed] of walls) {
    test(`${layer} imports only what it may`, () => {
      const folder = new URL(`${layer}/`, source);
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
        const text = readFileSync(new URL(file, folder), 'utf8');
        for (const [, from, called] of text.matchAll(
          /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm,
        )) {
          assert.match(from ?? called ?? '', allowed, `${layer}/${file}`);
        }
      }
    });
  }

  for (const layer of ['protocol', 'sasl']) {
    test(`${layer} has no clock, no timer, no randomness and no Buffer`, () => {
      const folder = new URL(`${layer}/`, source);
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
        const code = readFileSync(new URL(file, folder), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
        assert.doesNotMatch(
          code,
          /\b(?:Buffer|setTimeout|setInterval|setImmediate|Date\.now|new Date|Math\.random|process)\b/,
          file,
        );
      }
    });
  }
});
