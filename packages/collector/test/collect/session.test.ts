import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pop3Client } from '@postrider/pop3';
import { startScriptedServer } from '@postrider/pop3/testing';
import { collect, EmlDestination, MaildirDestination, SqliteLedger } from '../../src/index.ts';
import { served, startFaultyServer } from '../support/faulty-server.ts';
import { makeScene } from '../support/scene.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Octets that are in use, garbage aside. */
function inUse(): number {
  assert.ok(typeof collectGarbage === 'function');
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

suite('a session', () => {
  test('is kept awake while a destination takes its time: servers end idle ones after a minute', async (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] });
    await using scene = await makeScene([]);
    await using server = await startFaultyServer(served(1));
    const noops = (): number => server.server.received.match(/^NOOP\r$/gm)?.length ?? 0;
    let release = (): void => {};
    const disk = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = new MaildirDestination({ path: join(scene.folder, 'Mail') });
    const commit = slow.commit.bind(slow);
    let waiting = false;
    slow.commit = async (deliveries) => {
      waiting = true;
      await disk;
      return commit(deliveries);
    };
    const run = scene.collect({ login: () => server.login(), destinations: [slow] });
    while (!waiting) await turn();
    const before = noops();
    context.mock.timers.tick(25_000);
    context.mock.timers.tick(25_000);
    while (noops() === before) await turn();
    release();
    assert.equal((await run).result, 'done');
  });

  test('needs no more memory for a large message than for a small one (I7)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pr-memory-'));
    const piece = `${'x'.repeat(998)}\r\n`.repeat(1049);
    const pieces = 200;
    const size = piece.length * pieces + 'Subject: large\r\n\r\n'.length;
    await using server = await startScriptedServer(async (peer) => {
      await peer.send('+OK\r\n');
      for (;;) {
        const line = await peer.line().catch(() => undefined);
        if (line === undefined) return;
        const [verb] = line.split(' ');
        if (verb === 'CAPA') await peer.send('+OK\r\nUSER\r\nUIDL\r\n.\r\n');
        else if (verb === 'STAT') await peer.send('+OK 1 1\r\n');
        else if (verb === 'LIST' || verb === 'UIDL') await peer.send('+OK\r\n1 1\r\n.\r\n');
        else if (verb === 'RETR') {
          await peer.send('+OK\r\nSubject: large\r\n\r\n');
          for (let count = 0; count < pieces; count++) await peer.send(piece);
          await peer.send('.\r\n');
        } else await peer.send('+OK\r\n');
      }
    });
    const before = inUse();
    let peak = 0;
    let measured = 0;
    await using ledger = new SqliteLedger(join(folder, 'ledger.sqlite'));
    const { result, octets } = await collect({
      account: 'a@b',
      ledger,
      destinations: [new EmlDestination({ path: join(folder, 'eml') })],
      onEvent: (event) => {
        if (event.type !== 'progress' || event.octets < measured) return;
        measured = event.octets + size / 20;
        peak = Math.max(peak, inUse());
      },
      login: async () => {
        const client = await Pop3Client.connect({ host: server.host, port: server.port, security: 'none' });
        await client.authenticate({ user: 'a', password: 'b', allowCleartextPassword: true });
        return client;
      },
    });
    assert.deepEqual([result, octets], ['done', size]);
    assert.ok(statSync(join(folder, 'eml')).isDirectory());
    assert.ok(measured > size);
    assert.ok(peak - before < size / 4, `${peak - before} octets more for a message of ${size}`);
    rmSync(folder, { recursive: true, force: true });
  });
});
