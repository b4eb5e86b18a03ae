import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pop3Client } from '../../../src/client/index.ts';
import { type ScriptedPeer, startScriptedServer } from '../../../src/testing/index.ts';
import { makeAuthority } from '../../support/authority.ts';

suite('TCP end without TLS close inside a message', () => {
  const endings: readonly (readonly [name: string, end: (peer: ScriptedPeer) => void])[] = [
    ['TCP ends, TLS does not', (peer) => peer.cut()],
    ['a reset', (peer) => peer.reset()],
    ['TLS ends in good order', (peer) => peer.close()],
  ];
  for (const [name, end] of endings) {
    test(`${name}: no message, and nothing is deleted`, async () => {
      const authority = await makeAuthority();
      const certificate = await authority.issue();
      const server = await startScriptedServer(async (peer) => {
        await peer.startTls(certificate);
        await peer.send('+OK\r\n');
        for (const [command, answer] of [
          ['CAPA', '-ERR\r\n'],
          ['USER a', '+OK\r\n'],
          ['PASS b', '+OK\r\n'],
          ['DELE 2', '+OK\r\n'],
          ['RETR 1', '+OK\r\nSubject: x\r\n\r\nhalf of i'],
        ] as const) {
          await peer.expect(command);
          await peer.send(answer);
        }
        end(peer);
        await peer.stall();
      });
      try {
        const { port } = server;
        const client = await Pop3Client.connect({ host: 'localhost', port, tls: { ca: authority.cert } });
        await client.user('a');
        await client.pass('b');
        await client.dele(2);
        await assert.rejects(client.retrieve(1).bytes(), { fatal: true, transient: true });
        assert.equal(client.deletionsCommitted, 'no');
        assert.deepEqual(server.failures, []);
      } finally {
        await server.close();
      }
    });
  }
});
