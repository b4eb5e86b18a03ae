import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startScriptedServer } from '@postrider/pop3/testing';
import { postrider, type Ran } from '../support/run.ts';

/** Runs status against a server with these answers to STAT and LIST. */
async function status(stat: string, list: string): Promise<Ran> {
  await using server = await startScriptedServer(async (peer) => {
    await peer.send('+OK\r\n');
    await peer.answer((line) => {
      if (line === 'CAPA') return '-ERR\r\n';
      if (line === 'STAT') return `${stat}\r\n`;
      return line === 'LIST' ? list : '+OK\r\n';
    });
  });
  const words = ['status', server.host, 'ann', '--port', String(server.port), '--security', 'none'];
  return await postrider([...words, '--allow-cleartext-password'], { POSTRIDER_PASSWORD: 'secret' });
}

suite('counting messages', () => {
  test('by STAT, where its answer makes sense', async () => {
    const { stdout, code } = await status('+OK 2 320', '-ERR not asked for\r\n');
    assert.equal(stdout, 'You have 2 messages totaling 320 bytes.\n');
    assert.equal(code, 0);
  });

  test('by LIST, where STAT says that there are fewer octets than none', async () => {
    const { stdout, code } = await status('+OK 2 -2147483648', '+OK\r\n1 2147483000\r\n2 648\r\n.\r\n');
    assert.equal(stdout, 'You have 2 messages totaling 2147483648 bytes.\n');
    assert.equal(code, 0);
  });

  test('not at all, where LIST makes no sense either', async () => {
    const { stdout, stderr, code } = await status('+OK 2 -1', '+OK\r\n1 -1\r\n2 5\r\n.\r\n');
    assert.equal(stdout, '');
    assert.match(stderr, /while asking for the drop listing: the answer to STAT is malformed: "2 -1"/);
    assert.equal(code, 76);
  });

  test('not at all, where the server does not want to: its own words, and no other command', async () => {
    const { stderr, code } = await status('-ERR [SYS/TEMP] only every 15 minutes', '-ERR not asked for\r\n');
    assert.match(stderr, /only every 15 minutes/);
    assert.equal(code, 75);
  });
});
