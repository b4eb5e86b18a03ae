import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pop3Client } from '../../src/client/index.ts';
import { ClientConnection, defaultLimits, withDefaults } from '../../src/protocol/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';

interface Options {
  readonly most: number;
  readonly kind: string;
}

const defaults: Options = { most: 10, kind: 'plain' };

/** As programs have it that take an option from elsewhere, and that TypeScript lets pass unless it is told to be exact. */
function unset(name: keyof Options): Partial<Options> {
  const options: Partial<Options> = {};
  Reflect.set(options, name, undefined);
  return options;
}

suite('defaults', () => {
  test('hold for what is not given, also where it is there and undefined', () => {
    assert.deepEqual(withDefaults(defaults, undefined), defaults);
    assert.deepEqual(withDefaults(defaults, { most: 0 }), { most: 0, kind: 'plain' });
    assert.deepEqual(withDefaults(defaults, unset('most')), defaults);
    assert.deepEqual(withDefaults(defaults, unset('kind')), defaults);
    const limits = {};
    Reflect.set(limits, 'statusLineOctets', undefined);
    assert.deepEqual(new ClientConnection({ limits }).limits, defaultLimits);
  });

  for (const value of [Number.NaN, -1, Number.NEGATIVE_INFINITY]) {
    test(`${value} is refused by name, before anything is done`, async () => {
      const refusal = { code: 'ERR_POP3_LOCAL_PROTOCOL', message: `most must be 0 or more, not ${value}` };
      assert.throws(() => withDefaults(defaults, { most: value }), refusal);
      const named = (message: RegExp) => ({ code: 'ERR_POP3_LOCAL_PROTOCOL', message });
      // Nobody listens at that port.
      const target = { host: '127.0.0.1', port: 1, security: 'none' } as const;
      await assert.rejects(
        Pop3Client.connect({ ...target, timeouts: { command: value } }),
        named(/^command must be/),
      );
      await assert.rejects(
        Pop3Client.connect({ ...target, limits: { statusLineOctets: value } }),
        named(/^statusLineOctets must be/),
      );
      const users = {};
      const maildrop = () => new MemoryMaildrop();
      assert.throws(
        () => new Pop3Server({ users, maildrop, timeouts: { idle: value } }),
        named(/^idle must be/),
      );
      assert.throws(
        () => new Pop3Server({ users, maildrop, limits: { commandLineOctets: value } }),
        named(/^commandLineOctets must be/),
      );
    });
  }
});
