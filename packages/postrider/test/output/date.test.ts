import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite, test } from 'node:test';

const module = new URL('../../src/output/date.ts', import.meta.url).href;

suite('dates for people', () => {
  // A process of its own: its time zone is read once.
  const rows: readonly (readonly [zone: string, iso: string, shown: string])[] = [
    ['UTC', '2026-11-24T09:05:00Z', '2026-11-24 09:05 +0000'],
    ['Asia/Tokyo', '2026-11-24T15:30:00Z', '2026-11-25 00:30 +0900'],
    ['Asia/Kolkata', '2026-11-24T15:30:00Z', '2026-11-24 21:00 +0530'],
    ['America/St_Johns', '2026-01-01T00:00:00Z', '2025-12-31 20:30 -0330'],
  ];
  for (const [zone, iso, shown] of rows) {
    test(zone, () => {
      const script = `const { formatDateWithOffset } = await import(${JSON.stringify(module)});
        process.stdout.write(formatDateWithOffset(new Date(${JSON.stringify(iso)})));`;
      const env = { ...process.env, TZ: zone };
      assert.equal(
        execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }),
        shown,
      );
    });
  }
});
