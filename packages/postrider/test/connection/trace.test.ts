import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import { startMaildrop } from '../support/maildrop.ts';
import { postrider } from '../support/run.ts';

suite('a trace that cannot be written', () => {
  const trace = async (file: string) => {
    const server = await startMaildrop([]);
    try {
      return await postrider(['status', ...server.words, '--trace', file], server.env);
    } finally {
      await server.close();
    }
  };

  test('from the beginning: nothing is done', async () => {
    const { code, stderr } = await trace('/nonexistent/trace');
    assert.equal(code, 74);
    assert.match(stderr, /the trace cannot be written: ENOENT.*\nhint: Choose another file for --trace\.$/m);
  });

  test('any more, as on a full disk: it is said once, and the session goes on', {
    skip: !existsSync('/dev/full'),
  }, async () => {
    const { code, stdout, stderr } = await trace('/dev/full');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^You have 0 messages/);
    assert.match(stderr, /^warning: the trace ends here: ENOSPC: .*\n$/);
  });
});
