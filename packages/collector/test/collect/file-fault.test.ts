import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { CommandDestination, DestinationError, SqliteLedger } from '../../src/index.ts';
import { fileKinds, leftovers, makeDestination, visibleMessages } from '../support/file-destination.ts';
import { FaultyFileSystem, type FileSystemCall, observeFileSystem } from '../support/observed-file-system.ts';
import { makeScene, message, type Scene } from '../support/scene.ts';

// One of them is written in parts.
const messages = [20, 20, 9000].map((lines, number) => message(number + 1, lines));
const inOrder = [...messages].sort();
const retention = { type: 'delete' } as const;
const codes = ['ENOSPC', 'EIO', 'EACCES'] as const;
const words = {
  ENOSPC: /the disk is full/,
  EIO: /the disk reports an error/,
  EACCES: /permission is denied/,
};

/** How often a collection makes each call. */
async function countCalls(kind: string): Promise<Map<FileSystemCall, number>> {
  const counts = new Map<FileSystemCall, number>();
  const fileSystem = observeFileSystem((call, _, work) => {
    counts.set(call, (counts.get(call) ?? 0) + 1);
    return work();
  });
  await using scene = await makeScene(messages);
  await scene.collect({ destinations: [makeDestination(kind, scene.folder, fileSystem)], retention });
  return counts;
}

function nothingIsLost(kind: string, scene: Scene): void {
  const visible = visibleMessages(kind, scene.folder);
  for (const one of visible) assert.ok(messages.includes(one), `a part is visible: ${one}`);
  const left = scene.maildrop.messages.map(({ content }) =>
    Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n'),
  );
  assert.deepEqual([...new Set([...visible, ...left])].sort(), inOrder);
}

for (const kind of fileKinds) {
  suite(`${kind}: every call to the file system fails in turn`, async () => {
    const counts = await countCalls(kind);
    for (const [call, count] of counts) {
      test(`${call}, ${count} times: a clear error, no part of a message, no DELE for it, and the next run completes`, async () => {
        for (let number = 1; number <= count; number++) {
          const code = codes[number % codes.length] ?? 'EIO';
          await using scene = await makeScene(messages);
          const faulty = new FaultyFileSystem();
          const destination = makeDestination(kind, scene.folder, faulty.fileSystem);
          faulty.fault = { call, number, code };
          const { result, error, failed } = await scene.collect({ destinations: [destination], retention });
          const which = `${code} from ${call} ${number}`;
          assert.ok(faulty.happened, which);
          nothingIsLost(kind, scene);
          // What is only tidied up may fail without anybody being the worse for it.
          if (result !== 'done') {
            assert.ok(error instanceof DestinationError, `${which}: ${String(error)}`);
            assert.match(error.message, words[code], which);
            assert.ok(error.message.startsWith(`${destination.name}: cannot `), error.message);
            assert.ok(error.hint, which);
            assert.deepEqual(failed, [], 'it does not count against the message');
          } else
            assert.ok(
              ['remove', 'close'].includes(call) || visibleMessages(kind, scene.folder).length === 3,
              which,
            );
          const next = await scene.collect({
            destinations: [makeDestination(kind, scene.folder)],
            retention,
          });
          assert.equal(next.result, 'done', `${which}: ${String(next.error)}`);
          assert.deepEqual(visibleMessages(kind, scene.folder), inOrder, which);
          assert.equal(scene.maildrop.messages.length, 0, which);
          if (call !== 'remove') assert.deepEqual(leftovers(kind, scene.folder), [], which);
        }
      });
    }
  });
}

test('a full disk does not count against messages, however often', async () => {
  await using scene = await makeScene(messages);
  const faulty = new FaultyFileSystem();
  const destinations = [makeDestination('maildir', scene.folder, faulty.fileSystem)];
  for (let run = 0; run < 5; run++) {
    faulty.fault = { call: 'sync', number: 1, code: 'ENOSPC' };
    const { result } = await scene.collect({ destinations });
    assert.equal(result, 'failed');
  }
  assert.equal((await scene.collect({ destinations })).result, 'done');
  assert.deepEqual(visibleMessages('maildir', scene.folder), inOrder);
});

test('the ledger fails to commit: nothing is deleted, and the next run finds what is there', async () => {
  for (const kind of fileKinds) {
    for (const number of [1, 2, 3, 4]) {
      await using scene = await makeScene(messages);
      const ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
      const openAccount = ledger.openAccount.bind(ledger);
      let commits = 0;
      let failed = false;
      ledger.openAccount = async (name) => {
        const account = await openAccount(name);
        const commit = account.commit.bind(account);
        account.commit = async (records) => {
          if (++commits === number) {
            failed = true;
            throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
          }
          await commit(records);
        };
        return account;
      };
      const destinations = (): [ReturnType<typeof makeDestination>] => [makeDestination(kind, scene.folder)];
      const { result } = await scene.collect({ ledger, destinations: destinations(), retention });
      await ledger.close();
      assert.equal(result, failed ? 'failed' : 'done');
      nothingIsLost(kind, scene);
      assert.equal((await scene.collect({ destinations: destinations(), retention })).result, 'done');
      assert.deepEqual(visibleMessages(kind, scene.folder), inOrder, `${kind}, commit ${number}`);
      assert.equal(scene.maildrop.messages.length, 0);
    }
  }
});

test('the ledger fails before a command may get a message: nothing is left that stands in the way of a later run', async () => {
  for (const kind of fileKinds) {
    await using scene = await makeScene(messages);
    const ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
    const openAccount = ledger.openAccount.bind(ledger);
    let fails = true;
    ledger.openAccount = async (name) => {
      const account = await openAccount(name);
      const commit = account.commit.bind(account);
      account.commit = async (records) => {
        const list = [...records];
        if (fails && list.some(({ type }) => type === 'delivering')) throw new Error('disk I/O error');
        await commit(list);
      };
      return account;
    };
    const run = () =>
      scene.collect({
        ledger,
        destinations: [makeDestination(kind, scene.folder), new CommandDestination({ command: 'cat' })],
      });
    assert.equal((await run()).result, 'failed');
    assert.deepEqual(leftovers(kind, scene.folder), []);
    fails = false;
    assert.equal((await run()).result, 'done');
    assert.deepEqual(visibleMessages(kind, scene.folder), inOrder);
    await ledger.close();
  }
});
