import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { CommandDestination, SqliteLedger } from '../../src/index.ts';
import { failOnce } from '../support/failing-ledger.ts';
import { served, startFaultyServer } from '../support/faulty-server.ts';
import { makeScene } from '../support/scene.ts';

suite('a command got a message, and the ledger cannot be told at once', () => {
  for (const retries of [0, 1]) {
    for (const recordsFirst of [false, true]) {
      test(`it gets it once: ${retries} retries, ${recordsFirst ? 'recorded all the same' : 'not recorded'} (I6)`, async () => {
        await using server = await startFaultyServer(served(2));
        await using scene = await makeScene([]);
        const got = join(scene.folder, 'got');
        const command = `echo "$POSTRIDER_UNIQUE_ID" >> "${got}"`;
        const run = async (failsAt?: number): Promise<string> => {
          await using sqlite = new SqliteLedger(join(scene.folder, 'ledger'));
          const { result } = await scene.collect({
            ledger: failOnce(sqlite, failsAt, recordsFirst),
            destinations: [new CommandDestination({ command })],
            login: () => server.login(),
            retention: { type: 'delete' },
            retries,
          });
          return result;
        };
        // The listing, `delivering`, and then `delivered`.
        assert.equal(await run(2), retries === 0 ? 'failed' : 'done');
        assert.equal(await run(), 'done');
        assert.equal(readFileSync(got, 'utf8'), 'id-1\nid-2\n');
        assert.deepEqual(server.messages, []);
      });
    }
  }
});
