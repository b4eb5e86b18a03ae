// How to test that your own program survives a bad server: node --test hostile-server.test.ts
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPop3Error, Pop3Client } from '@postrider/pop3';
import { type ScriptedPeer, startScriptedServer } from '@postrider/pop3/testing';

/** The code under test: stands for your own. */
async function firstMessage(port: number): Promise<string> {
  const options = { host: '127.0.0.1', port, security: 'none', capabilities: false } as const;
  const client = await Pop3Client.connect(options);
  await client.authenticate({ user: 'ann', password: 'secret', allowCleartextPassword: true });
  return Buffer.from(await client.retrieve(1).bytes()).toString('latin1');
}

async function letIn(peer: ScriptedPeer): Promise<void> {
  await peer.send('+OK ready\r\n');
  for (const line of ['USER ann', 'PASS secret']) {
    await peer.expect(line);
    await peer.send('+OK\r\n');
  }
  await peer.expect('RETR 1');
}

test('a message arrives whole, although the server sends it octet by octet', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await letIn(peer);
    await peer.send('+OK\r\n..dot\r\n.\r\n', { split: 1 });
  });
  assert.equal(await firstMessage(server.port), '.dot\r\n');
});

test('half a message is an error, not a message', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await letIn(peer);
    await peer.send('+OK\r\nhalf of i');
  });
  await assert.rejects(firstMessage(server.port), (error) => isPop3Error(error) && error.fatal);
});
