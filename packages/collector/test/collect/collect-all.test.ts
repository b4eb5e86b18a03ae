import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import {
  type AccountJob,
  collectAll,
  type Destination,
  MaildirDestination,
  MboxDestination,
  SqliteLedger,
} from '../../src/index.ts';
import { type FaultyServer, served, startFaultyServer } from '../support/faulty-server.ts';
import { leftovers, visibleMessages } from '../support/file-destination.ts';
import { makeScene } from '../support/scene.ts';

const accounts = 6;
const perAccount = 40;

suite('many accounts at once', () => {
  for (const kind of ['maildir', 'mbox'] as const) {
    test(`into one ${kind}: every message of each, once, and nobody in another’s way`, async (context) => {
      await using scene = await makeScene([]);
      const path = join(scene.folder, kind);
      const destination = (): Destination =>
        kind === 'maildir' ? new MaildirDestination({ path }) : new MboxDestination({ path });
      const servers: FaultyServer[] = [];
      const expected: string[] = [];
      for (let account = 0; account < accounts; account++) {
        const messages = served(perAccount).map(({ uniqueId, text }) => ({
          uniqueId,
          text: `X-Account: ${account}\r\n${text}`,
        }));
        expected.push(...messages.map(({ text }) => text.replaceAll('\r\n', '\n')));
        const server = await startFaultyServer(messages);
        servers.push(server);
        context.after(() => server.server.close());
      }
      await using ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
      const jobs = servers.map(
        (server, index): AccountJob => ({
          host: `host-${index % 3}`,
          options: {
            account: `account-${index}`,
            ledger,
            login: () => server.login(),
            destinations: [destination()],
            retention: { type: 'delete' },
            retries: 0,
          },
        }),
      );
      const outcomes = await collectAll(jobs);
      assert.deepEqual(
        outcomes.map(({ account, result }) => [account, result?.result, result?.deleted]),
        jobs.map(({ options }) => [options.account, 'done', perAccount]),
      );
      assert.deepEqual(visibleMessages(kind, scene.folder), expected.sort());
      assert.deepEqual(leftovers(kind, scene.folder), []);
    });
  }

  test('one that fails does not harm the others, and no host has more than two sessions', async () => {
    await using scene = await makeScene([]);
    await using server = await startFaultyServer(served(3));
    await using ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
    let open = 0;
    let most = 0;
    const jobs = Array.from(
      { length: 6 },
      (_, index): AccountJob => ({
        host: 'pop.example.org',
        options: {
          account: `account-${index}`,
          ledger,
          destinations: [new MaildirDestination({ path: join(scene.folder, `Mail-${index}`) })],
          retries: 0,
          onEvent: ({ type }) => {
            if (type === 'planned') open--;
          },
          login: async () => {
            open++;
            most = Math.max(most, open);
            if (index === 2) {
              open--;
              throw new Error('no such account');
            }
            return server.login();
          },
        },
      }),
    );
    const outcomes = await collectAll(jobs);
    assert.deepEqual(
      outcomes.map(({ result }) => result?.result),
      ['done', 'done', 'failed', 'done', 'done', 'done'],
    );
    assert.ok(most <= 2, `${most} at once`);
  });
});
