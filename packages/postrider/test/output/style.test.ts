import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { wantsColor } from '../../src/output/style.ts';

suite('whether there are colours', () => {
  type Row = readonly [
    what: string,
    when: 'auto' | 'always' | 'never' | undefined,
    env: Record<string, string>,
    terminal: boolean,
    colored: boolean,
  ];
  const rows: readonly Row[] = [
    ['on a terminal', undefined, {}, true, true],
    ['in a pipe', undefined, {}, false, false],
    ['auto is the default', 'auto', {}, true, true],
    ['NO_COLOR', undefined, { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR does not count', undefined, { NO_COLOR: '' }, true, true],
    ['a dumb terminal', undefined, { TERM: 'dumb' }, true, false],
    ['FORCE_COLOR in a pipe', undefined, { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', undefined, { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR is stronger than FORCE_COLOR', undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['--color always is stronger than NO_COLOR', 'always', { NO_COLOR: '1' }, false, true],
    ['--color never', 'never', { FORCE_COLOR: '1' }, true, false],
  ];
  for (const [what, when, env, terminal, colored] of rows)
    test(what, () => assert.equal(wantsColor(when, env, terminal), colored));
});
