import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MaildropInUseError, MemoryMaildrop } from '../../src/server/index.ts';

suite('a maildrop in memory', () => {
  test('strings get CRLF, octets stay as they are, and an unfinished line counts as finished', async () => {
    const maildrop = new MemoryMaildrop(['a\nb\r\n', Buffer.from('x\ny'), '']);
    assert.deepEqual(
      maildrop.messages.map(({ content }) => Buffer.from(content).toString()),
      ['a\r\nb\r\n', 'x\ny', ''],
    );
    const { messages } = await maildrop.open();
    assert.deepEqual(
      messages.map(({ octets }) => octets),
      [6, 5, 0],
    );
  });

  test('keeps its own copy', () => {
    const mine = Buffer.from('mine');
    const maildrop = new MemoryMaildrop([mine]);
    mine.fill(0);
    assert.equal(Buffer.from(maildrop.messages[0]?.content ?? []).toString(), 'mine');
  });

  test('one session at a time; what is added meanwhile belongs to the next', async () => {
    const maildrop = new MemoryMaildrop(['one']);
    const session = await maildrop.open();
    assert.equal(maildrop.inUse, true);
    await assert.rejects(maildrop.open(), MaildropInUseError);
    maildrop.add('two', { uniqueId: 'second' });
    assert.equal(session.messages.length, 1);
    await session.remove(session.messages);
    await session.close();
    const next = await maildrop.open();
    assert.deepEqual(
      next.messages.map(({ uniqueId }) => uniqueId),
      ['second'],
    );
  });
});
