import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { nothingToTry } from '../../src/sasl/index.ts';
import { planOfRow, summarize } from './plan-row.ts';

const rows = readFileSync(new URL('./plan.table', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' | '));

suite('the plan of a login', () => {
  test('the table has at least 200 rows, none twice', () => {
    assert.ok(rows.length >= 200, String(rows.length));
    assert.equal(new Set(rows.map((row) => row.slice(0, 3).join('|'))).size, rows.length);
    for (const row of rows) assert.equal(row.length, 5, row.join(' | '));
  });

  for (const [offer = '', given = '', protection = '', taken = '', left = ''] of rows) {
    test(`${offer} | ${given} | ${protection}: ${taken}`, () => {
      const plan = planOfRow(offer, given, protection);
      assert.equal(summarize(plan), `${taken} | ${left}`);
      const names = [...plan.steps, ...plan.left].map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, 'a way is told once');
      for (const { name, exposure } of plan.steps) {
        assert.ok(protection !== 'open' || exposure !== 'readable', `${name} would be readable`);
      }
      for (const { reason } of plan.left) assert.ok(reason.length > 10, reason);
      if (plan.steps.length > 0) return;
      const error = nothingToTry(plan);
      const unsafe = plan.left.some(({ cause }) => cause === 'unprotected');
      assert.equal(error.name, unsafe ? 'AuthenticationUnsafeError' : 'AuthenticationUnavailableError');
      assert.ok((error.hint ?? '').length > 10);
    });
  }
});
