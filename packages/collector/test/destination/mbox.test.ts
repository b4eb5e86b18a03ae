import assert from 'node:assert/strict';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { takeDotLock } from '../../src/destination/dot-lock.ts';
import type { MboxDelivery } from '../../src/destination/mbox-delivery.ts';
import { processName } from '../../src/destination/process.ts';
import { DestinationError, MboxDestination } from '../../src/index.ts';
import { oddMessages, toLineFeeds } from '../support/content.ts';
import { deliver, deliveryMessage } from '../support/deliver.ts';
import { FaultyFileSystem, recordCalls } from '../support/observed-file-system.ts';
import { readMbox } from '../support/read-mbox.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-mbox-'));
  path = join(folder, 'inbox');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const id = 'a'.repeat(64);
const text = (): string => readFileSync(path, 'latin1');
async function open(fileSystem?: ReturnType<typeof recordCalls>['fileSystem']): Promise<MboxDestination> {
  const destination = new MboxDestination({ path, fileSystem });
  await destination.open();
  return destination;
}
suite('an mbox file', () => {
  for (const [name, octets] of oddMessages) {
    test(`${name}: octet for octet, but for CRLF, which becomes LF (I9)`, async () => {
      const destination = await open();
      await deliver(destination, 'Subject: before\r\n\r\n');
      await deliver(destination, octets);
      await deliver(destination, 'Subject: behind\r\n\r\n');
      const expected = toLineFeeds(octets);
      // A line must end before the next message can begin.
      const ended = expected === '' || expected.endsWith('\n') ? expected : `${expected}\n`;
      assert.deepEqual(readMbox(path), ['Subject: before\n\n', ended, 'Subject: behind\n\n']);
    });
  }

  test('each message begins with a From line and ends with a blank one', async () => {
    await deliver(await open(), 'Subject: x\r\n\r\nbody\r\n');
    assert.match(
      text(),
      /^From MAILER-DAEMON (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\nSubject: x\n\nbody\n\n$/,
    );
  });

  test('is for its owner only, and nothing is left beside it', async () => {
    const destination = await open();
    await deliver(destination, 'x\r\n', { id });
    const same = destination.begin(deliveryMessage({ id }));
    await same.abort();
    destination.recorded([same]);
    await destination.close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['inbox']);
  });

  for (const end of ['\n\n', '\n', '']) {
    test(`mail that is there already and ends with ${JSON.stringify(end)}: stays, and a blank line follows`, async () => {
      const before = `From a\nSubject: old\n\nold${end}`;
      writeFileSync(path, before);
      await deliver(await open(), 'Subject: new\r\n');
      assert.ok(text().startsWith(`${before.trimEnd()}\n\nFrom MAILER-DAEMON `), text());
    });
  }

  test('nothing is said before journal, content and names are durable (I3)', async () => {
    const { fileSystem, calls } = recordCalls();
    const destination = await open(fileSystem);
    const delivery = destination.begin(deliveryMessage({ id }));
    await delivery.end();
    calls.length = 0;
    await destination.commit([delivery]);
    const journal = [
      `remove ${path}.postrider.new`,
      `create ${path}.postrider.new`,
      'write',
      `sync ${path}.postrider.new`,
      'close',
      `rename ${path}.postrider`,
      `syncFolder ${folder}`,
    ];
    const part = `${path}.${id}.${processName}.part`;
    assert.deepEqual(calls, [
      `openAppend ${path}`,
      'size',
      ...journal,
      'write',
      `sync ${path}`,
      ...journal,
      'close',
      'close',
      `remove ${part}`,
    ]);
  });

  test('a link in its place is refused', async () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, path);
    await assert.rejects(deliver(await open(), 'x\r\n'), /symbolic link/);
    assert.equal(readFileSync(victim, 'utf8'), 'precious');
  });
});

suite('the lock of an mbox file', () => {
  test('is held while it is written to, and given back', async () => {
    const faulty = new FaultyFileSystem();
    let locked = false;
    const destination = await open({
      ...faulty.fileSystem,
      openAppend: (file) => {
        locked = existsSync(`${path}.lock`);
        return faulty.fileSystem.openAppend(file);
      },
    });
    await deliver(destination, 'x\r\n');
    assert.equal(locked, true);
    assert.ok(!existsSync(`${path}.lock`));
  });

  test('of a process that died is taken over', async () => {
    const [host = ''] = processName.split('-');
    writeFileSync(`${path}.lock`, `4194304 host ${host}-4194304-1\n`);
    assert.equal((await deliver(await open(), 'x\r\n')).status, 'delivered');
    assert.ok(!existsSync(`${path}.lock`));
  });

  test('of a process that died is taken away at the start, though there is nothing to deliver', async () => {
    const [host = ''] = processName.split('-');
    writeFileSync(`${path}.lock`, `4194304 host ${host}-4194304-1\n`);
    await open();
    assert.ok(!existsSync(`${path}.lock`));
  });

  test('what a process that died had made a lock with is removed, what a living one waits with is not', async () => {
    const [host = ''] = processName.split('-');
    writeFileSync(`${path}.lock`, `${process.pid} host ${processName}\n`);
    const waiting = takeDotLock(path);
    const before = readdirSync(folder);
    const [own = ''] = before.filter((name) => name.startsWith('inbox.lock.'));
    for (const name of [own, `${own}.away`]) {
      assert.ok(name.includes(processName));
      writeFileSync(join(folder, name.replace(processName, `${host}-4194304-1`)), '');
    }
    rmSync(`${path}.lock`);
    await open();
    assert.deepEqual(readdirSync(folder), [own]);
    (await waiting)?.();
    assert.deepEqual(readdirSync(folder), []);
  });

  for (const [who, content, hint] of [
    ['postrider', `${process.pid} host ${processName}\n`, 'Try again when it is done.'],
    ['program', '1\n', 'Try again when that program is done. If there is none, remove the file.'],
  ] as const) {
    test(`that another ${who} keeps: a failure that says so`, async (context) => {
      const destination = await open();
      writeFileSync(`${path}.lock`, content);
      const clock = context.mock.method(performance, 'now', () => clock.mock.callCount() * 6000);
      await assert.rejects(deliver(destination, 'x\r\n'), {
        message: `mbox:${path}: another ${who} has ${path}.lock`,
        hint,
      });
      assert.equal(readFileSync(`${path}.lock`, 'utf8'), content);
    });
  }

  test('two accounts that deliver at once do not harm each other', async () => {
    const both = [await open(), await open()] as const;
    const messages = Array.from({ length: 20 }, (_, index) => `Subject: ${index}\r\n\r\n`);
    await Promise.all(
      messages.map((message, index) => deliver(index % 2 === 0 ? both[0] : both[1], message)),
    );
    assert.deepEqual(
      readMbox(path).sort(),
      messages.map((message) => message.replaceAll('\r\n', '\n')).sort(),
    );
  });
});

suite('a group whose process is killed', () => {
  const numbered = (number: number): { readonly id: string; readonly octets: string } => ({
    id: String(number).repeat(64),
    octets: `Subject: ${number}\r\n\r\n`,
  });
  const group = [numbered(1), numbered(2), numbered(3)] as const;
  const contents = group.map(({ octets }) => octets.replaceAll('\r\n', '\n'));
  const old = 'From old\nSubject: old\n\n\n';

  async function begin(destination: MboxDestination): Promise<MboxDelivery[]> {
    const deliveries: MboxDelivery[] = [];
    for (const { id, octets } of group) {
      const delivery = destination.begin(deliveryMessage({ id }));
      deliveries.push(delivery);
      await delivery.write(Buffer.from(octets));
      await delivery.end();
    }
    return deliveries;
  }

  for (const [name, call, number] of [
    ['before anything is written', 'openAppend', 1],
    ['before the journal', 'create', 1],
    ['before the first octet', 'write', 2],
    ['in the middle', 'write', 3],
    ['before it is durable', 'sync', 2],
    ['before that is written down', 'sync', 3],
  ] as const) {
    test(`${name}, and cannot even cut it back: it is in the file once, and whole, after the next start`, async () => {
      writeFileSync(path, old);
      const faulty = new FaultyFileSystem();
      const victim = await open({ ...faulty.fileSystem, truncate: () => {} });
      const deliveries = await begin(victim);
      faulty.fault = { call, number, code: 'EIO' };
      await assert.rejects(victim.commit(deliveries), /the disk reports an error/);
      assert.ok(faulty.happened);
      const next = await open();
      await next.commit(await begin(next));
      assert.deepEqual(readMbox(path), ['Subject: old\n\n', ...contents]);
    });
  }

  // As it stands after a crash: so many octets of the group, then what another program did.
  async function crash(octets: number, then: (group: string) => void): Promise<MboxDestination> {
    writeFileSync(path, old);
    const faulty = new FaultyFileSystem();
    const victim = await open({ ...faulty.fileSystem, remove: () => {} });
    const deliveries = await begin(victim);
    const whole = deliveries.map((delivery) => readFileSync(delivery.path, 'latin1')).join('');
    faulty.fault = { call: 'write', number: 2, code: 'EIO' };
    await assert.rejects(victim.commit(deliveries));
    appendFileSync(path, whole.slice(0, octets), 'latin1');
    then(whole);
    return open();
  }

  for (const octets of [0, 1, 30, 60, 100]) {
    test(`${octets} octets of it were written: they are cut off`, async () => {
      await crash(octets, () => {});
      assert.equal(text(), old);
    });
  }

  test('all of it was written: it stays, and is known', async () => {
    const next = await crash(1000, () => {});
    assert.deepEqual(readMbox(path), ['Subject: old\n\n', ...contents]);
    for (const { id } of group) assert.equal(await next.recover(deliveryMessage({ id })), 'delivered');
  });

  const foreign = 'From other\nSubject: other\n\n\n';
  test('another program appended to all of it: nothing is cut off', async () => {
    const next = await crash(1000, () => appendFileSync(path, foreign));
    assert.deepEqual(readMbox(path), ['Subject: old\n\n', ...contents, 'Subject: other\n\n']);
    for (const { id } of group) assert.equal(await next.recover(deliveryMessage({ id })), 'delivered');
  });

  test('another program appended to a part of it: nothing is cut off', async () => {
    await crash(60, () => appendFileSync(path, foreign));
    assert.ok(text().endsWith(foreign));
  });

  test('another program rewrote the file: nothing is cut off', async () => {
    const other = foreign.repeat(10);
    await crash(60, () => writeFileSync(path, other));
    assert.equal(text(), other);
  });

  test('another program made the file shorter: nothing more is cut off', async () => {
    await crash(60, () => writeFileSync(path, 'From x\n\n'));
    assert.equal(text(), 'From x\n\n');
  });

  // As it stands after a loss of power: the parts are gone, or have so many of their octets.
  async function losePower(octets: number, left: readonly number[], behind = ''): Promise<void> {
    await crash(octets, () => {
      const parts = readdirSync(folder).filter((name) => name.endsWith('.part'));
      assert.equal(parts.length, group.length);
      for (const [index, name] of parts.toSorted().entries()) {
        const part = join(folder, name);
        const length = left[index];
        if (length === undefined) rmSync(part);
        else truncateSync(part, Math.min(length, statSync(part).size));
      }
      appendFileSync(path, behind);
    });
  }

  for (const left of [[], [10], [1000, 20], [1000, 1000, 0]]) {
    const parts = `the power went, and of the parts ${JSON.stringify(left)} octets are left`;
    for (const octets of [0, 30, 62, 80, 130, 1000]) {
      test(`${parts}: ${octets} octets of the group are cut off`, async () => {
        await losePower(octets, left);
        assert.equal(text(), old);
      });
    }

    for (const other of [
      'From ann Tue Nov 24 10:00:00 2026\n\nx\n\n',
      '\nFrom ann Tue Nov 24 10:00:00 2026\n\nx\n\n',
    ]) {
      for (const octets of [0, 30, 50, 62, 70, 80, 130]) {
        test(`${parts}: nothing is cut off where ${JSON.stringify(other.slice(0, 9))} follows ${octets} octets of the group`, async () => {
          await losePower(octets, left, other);
          assert.ok(text().endsWith(other));
        });
      }
    }
  }

  test('the power went: mail of another program is seen though its beginning is read in two pieces', async () => {
    const date = 'Tue Nov 24 09:00:00 2026';
    const head = `From MAILER-DAEMON ${date}\n`;
    const part = { id, path: join(folder, 'gone'), octets: 1_000_000 };
    const journal = JSON.stringify({ length: 0, gap: '', parts: [part], head, ids: [] });
    const other = `From ann@example.org ${date}\n`;
    for (let back = 0; back <= other.length; back++) {
      const before = `${head}${'x'.repeat((1 << 18) - head.length + 19 - back)}`;
      writeFileSync(path, before + other);
      writeFileSync(`${path}.postrider`, journal);
      await open();
      assert.equal(text(), before + other);
    }
    const ours = `${head}${'line\n\n>From ann\n'.repeat(40_000)}`;
    writeFileSync(path, ours);
    writeFileSync(`${path}.postrider`, journal);
    await open();
    assert.equal(text(), '');
  });

  test('a journal that names a file elsewhere: that one is left alone', async () => {
    const victim = join(folder, 'deeper', 'victim');
    mkdirSync(dirname(victim));
    writeFileSync(victim, 'precious');
    writeFileSync(path, '');
    const parts = [{ id, path: victim, octets: 8 }];
    writeFileSync(`${path}.postrider`, JSON.stringify({ length: 0, gap: '', parts, head: '', ids: [] }));
    await open();
    assert.equal(readFileSync(victim, 'utf8'), 'precious');
  });

  for (const [whose, make] of [
    ['somebody else’s', (journal: string) => chownSync(journal, 65_534, 65_534)],
    [
      'a link',
      (journal: string) => {
        renameSync(journal, `${journal}.there`);
        symlinkSync(`${journal}.there`, journal);
      },
    ],
  ] as const) {
    const skip = whose !== 'a link' && process.getuid?.() !== 0 ? 'only root can give files away' : false;
    test(`a journal that is ${whose}: a clear error, and nothing is touched`, { skip }, async () => {
      writeFileSync(path, 'From x Tue Nov 24 09:00:00 2026\n\nkept\n\n');
      const parts = [{ id, path: `${path}.part`, octets: 8 }];
      writeFileSync(`${path}.postrider`, JSON.stringify({ length: 0, gap: '', parts, head: '', ids: [] }));
      make(`${path}.postrider`);
      await assert.rejects(open(), DestinationError);
      assert.match(text(), /kept/);
    });
  }

  test('a damaged journal: a clear error, and nothing is touched', async () => {
    writeFileSync(path, old);
    writeFileSync(`${path}.postrider`, '{}');
    await assert.rejects(open(), /is no journal of an mbox file/);
    assert.equal(text(), old);
  });

  test('what the ledger knows of already leaves the journal, and so does everything in the end', async () => {
    const journal = `${path}.postrider`;
    const victim = await open();
    await victim.commit(await begin(victim));
    const next = await open();
    assert.deepEqual(
      [...next.unrecorded],
      group.map(({ id }) => id),
    );
    for (const { id } of group.slice(1)) next.recordedBefore(id);
    assert.equal(next.unrecorded.size, 1);
    await next.close();
    const last = await open();
    assert.deepEqual([...last.unrecorded], ['1'.repeat(64)]);
    last.recordedBefore('1'.repeat(64));
    await last.close();
    assert.ok(!existsSync(journal));
    await last.open();
    assert.equal(last.unrecorded.size, 0);
  });

  for (const left of [0, 1, undefined]) {
    const all = left === undefined;
    test(`another program ${all ? 'left the file as long as it was' : `cut the file to ${left} octets`}: its messages are ${all ? '' : 'not '}known`, async () => {
      const victim = await open();
      await victim.commit(await begin(victim));
      const { size } = statSync(path);
      truncateSync(path, left ?? size);
      const [{ id, octets }] = group;
      assert.equal(await victim.recover(deliveryMessage({ id })), all ? 'delivered' : 'absent');
      const next = await open();
      assert.equal(existsSync(`${path}.postrider`), all);
      // Not even when it has grown again.
      appendFileSync(path, 'x'.repeat(size));
      assert.equal((await deliver(next, octets, { id })).status, all ? 'repeated' : 'delivered');
    });
  }

  test('a journal of an older version, without the length of the file: its messages are known', async () => {
    writeFileSync(path, '');
    writeFileSync(
      `${path}.postrider`,
      JSON.stringify({ length: 0, gap: '', parts: [], head: '', ids: [id] }),
    );
    assert.equal((await deliver(await open(), 'x\r\n', { id })).status, 'repeated');
  });

  test('all of it was there: each of its messages is known, also when they come one at a time', async () => {
    const victim = await open();
    await victim.commit(await begin(victim));
    for (const { id, octets } of group) {
      const next = await open();
      assert.equal(await next.recover(deliveryMessage({ id })), 'delivered');
      assert.equal((await deliver(next, octets, { id })).status, 'repeated');
    }
    assert.equal(readMbox(path).length, 3);
  });
});
