import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import {
  type CollectOptions,
  collectAll,
  type Delivery,
  type DeliveryResult,
  type Destination,
  DestinationError,
  SqliteLedger,
} from '../../src/index.ts';
import { makeScene, message, type Scene } from '../support/scene.ts';

const count = 3;
let scene: Scene;
beforeEach(async () => {
  scene = await makeScene(Array.from({ length: count }, (_, index) => message(index + 1)));
});
afterEach(() => scene.close());

interface Row extends Delivery {
  readonly id: string;
}

/** As somebody writes one from the interface alone: rows of a table, made at the end and removed by `abort`. */
class Table implements Destination<Row> {
  readonly name: string;
  readonly recognisesRepeats = true;
  batchMessages = 10;
  readonly rows = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  async open(): Promise<void> {}

  begin({ id }: { readonly id: string }): Row {
    return { id, write: () => {}, end: () => {}, abort: () => void this.rows.delete(id) };
  }

  async commit(deliveries: readonly Row[]): Promise<readonly DeliveryResult[]> {
    for (const { id } of deliveries) this.rows.add(id);
    return deliveries.map(() => ({ status: 'delivered' }));
  }

  async recover(): Promise<'absent'> {
    return 'absent';
  }

  async close(): Promise<void> {}
}

/** The same, but it refuses every message. */
class Refusing extends Table {
  override async commit(deliveries: readonly Row[]): Promise<readonly DeliveryResult[]> {
    const failure = { destination: this.name, step: 'write', scope: 'message' } as const;
    return deliveries.map(() => ({ status: 'failed', error: new DestinationError('no', failure) }));
  }
}

suite('a destination of one’s own', () => {
  test('a delivery that was taken is not aborted where another destination fails', async () => {
    const table = new Table('table');
    const { failed } = await scene.collect({ destinations: [table, new Refusing('refusing')] });
    assert.deepEqual([failed.length, table.rows.size], [count, count]);
    await using ledger = new SqliteLedger(`${scene.folder}/ledger.sqlite`);
    for await (const { delivered } of ledger.entries('a@127.0.0.1')) assert.deepEqual(delivered, ['table']);
  });

  test('nor where the ledger cannot be written afterwards', async () => {
    const table = new Table('table');
    const ledger = new SqliteLedger(`${scene.folder}/other.sqlite`);
    table.commit = async (deliveries) => {
      const results = await Table.prototype.commit.call(table, deliveries);
      await ledger.close();
      return results;
    };
    const { result } = await scene.collect({ ledger, destinations: [table] });
    assert.deepEqual([result, table.rows.size], ['failed', count]);
  });

  test('results for some of the deliveries only are an error, and not a success', async () => {
    const table = new Table('table');
    table.commit = async () => [{ status: 'delivered' }];
    const { result, retrieved, error } = await scene.collect({ destinations: [table] });
    assert.deepEqual([result, retrieved], ['failed', 0]);
    assert.match(String(error), /table: commit gave 1 results for 3 deliveries/);
  });

  test('one that does not close properly harms nobody', async () => {
    const table = new Table('table');
    table.close = () => {
      throw new Error('closed twice');
    };
    const { result, retrieved } = await scene.collect({ destinations: [table] });
    assert.deepEqual([result, retrieved], ['done', count]);
  });
});

suite('options that make no sense', () => {
  const endless = new Table('endless');
  endless.batchMessages = 0;
  const rows: readonly (readonly [options: Partial<CollectOptions>, message: RegExp])[] = [
    [{ destinations: [] }, /at least one destination/],
    [{ destinations: [new Table('a'), new Table('b'), new Table('a')] }, /two destinations of the name a$/],
    [{ destinations: [endless] }, /endless: batchMessages must be 1 or more, not 0$/],
    [{ retries: -1 }, /retries must be 0 or more, not -1$/],
    [{ retries: Number.NaN }, /retries must be 0 or more, not NaN$/],
    [{ retryDelay: Number.NaN }, /retryDelay must be 0 or more, not NaN$/],
  ];
  for (const [options, expected] of rows) {
    test(`${String(expected)}: rejected before the server hears of it`, async () => {
      const login = () => Promise.reject(new Error('logged in'));
      await assert.rejects(scene.collect({ login, ...options }), { name: 'TypeError', message: expected });
    });
  }

  for (const jobs of [Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY]) {
    test(`${jobs} jobs at once: all are done`, async () => {
      await using ledger = new SqliteLedger(`${scene.folder}/other.sqlite`);
      const options = {
        account: 'a',
        ledger,
        login: () => scene.login(),
        destinations: [new Table('table')],
        retries: 0,
      };
      const [outcome] = await collectAll([{ host: 'h', options }], { jobs });
      assert.equal(outcome?.result?.result, 'done');
    });
  }
});
