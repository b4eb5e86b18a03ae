import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ProgramError } from '../../src/failure/index.ts';
import { parseMessage } from '../../src/message/parse.ts';
import { startMaildrop } from '../support/maildrop.ts';
import { postrider } from '../support/run.ts';

const nested = Array.from(
  { length: 300 },
  (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n`,
).join('');

const rows: readonly (readonly [what: string, message: string, reason: RegExp])[] = [
  ['parts in parts, 300 deep', nested, /nesting depth of 256/],
  ['a header of 3 MB', `${`X-A: ${'b'.repeat(900)}\n`.repeat(3400)}\n`, /header size/],
  ['a million empty lines', `Subject: x\n${'\n'.repeat(1_000_001)}`, /more than a million lines/],
];

suite('a message that programs choke on', () => {
  for (const [what, message, reason] of rows) {
    test(what, async () => {
      await assert.rejects(parseMessage(Buffer.from(message)), (error) => {
        assert.ok(error instanceof ProgramError);
        assert.match(error.message, reason);
        assert.equal(error.exitCode, 65);
        return true;
      });
    });
  }

  test('show says so, and --raw gets it', async () => {
    const server = await startMaildrop([nested, Buffer.alloc(80_000_001, 'x')]);
    try {
      for (const [number, reason] of [
        ['1', /nesting depth/],
        ['2', /longer than 80000000 octets/],
      ] as const) {
        const { code, stdout, stderr } = await postrider(['show', ...server.words, number], server.env);
        assert.equal(code, 65, stderr);
        assert.match(stderr, /^postrider: the message cannot be shown as people read it: .*\nhint: --raw /);
        assert.match(stderr, reason);
        assert.equal(stdout, '');
      }
      const raw = await postrider(['show', ...server.words, '1', '--raw'], server.env);
      assert.equal(raw.code, 0, raw.stderr);
      assert.equal(raw.stdout, nested.replaceAll('\n', '\r\n'));
    } finally {
      await server.close();
    }
  });
});
