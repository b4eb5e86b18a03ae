// Collects once, and kills itself at the call whose number it is given. Run by the kill matrix; prints the name of that call.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Pop3Client } from '@postrider/pop3';
import { type FileSystem, nodeFileSystem } from '../../src/destination/file-system.ts';
import {
  type AccountLedger,
  collect,
  type Destination,
  EmlDestination,
  type Ledger,
  MaildirDestination,
  MboxDestination,
  SqliteLedger,
} from '../../src/index.ts';

const [port = '', folder = '', kind = '', deletes = '', fatal = ''] = process.argv.slice(2);
let calls = 0;

/** Dies before the call, or goes on. Every second time round it dies after it instead. */
function pass<T>(name: string, call: () => T): T {
  const before = ++calls;
  if (before === Number(fatal)) die(`before ${name}`);
  const result = call();
  const after = ++calls;
  if (after === Number(fatal)) die(`after ${name}`);
  return result;
}

function die(name: string): void {
  writeSync(1, name);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment to arrive.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}

const fileSystem: FileSystem = {
  create: (path) => pass('create', () => nodeFileSystem.create(path)),
  openAppend: (path) => pass('openAppend', () => nodeFileSystem.openAppend(path)),
  write: (file, octets) => pass('write', () => nodeFileSystem.write(file, octets)),
  truncate: (file, length) => pass('truncate', () => nodeFileSystem.truncate(file, length)),
  size: nodeFileSystem.size,
  close: (file) => pass('close', () => nodeFileSystem.close(file)),
  sync: (file, path) => pass('sync', () => nodeFileSystem.sync(file, path)),
  syncFolder: (path) => pass('syncFolder', () => nodeFileSystem.syncFolder(path)),
  link: (from, to) => pass('link', () => nodeFileSystem.link(from, to)),
  rename: (from, to) => pass('rename', () => nodeFileSystem.rename(from, to)),
  remove: (path) => pass('remove', () => nodeFileSystem.remove(path)),
  exists: nodeFileSystem.exists,
  list: nodeFileSystem.list,
  makeFolder: nodeFileSystem.makeFolder,
};

function makeDestination(): Destination {
  const path = join(folder, kind);
  if (kind === 'maildir') return new MaildirDestination({ path, fileSystem });
  return kind === 'eml'
    ? new EmlDestination({ path, fileSystem })
    : new MboxDestination({ path, fileSystem });
}

const sqlite = new SqliteLedger(join(folder, 'ledger.sqlite'));
const ledger: Ledger = {
  openAccount: async (account): Promise<AccountLedger> => {
    const opened = await sqlite.openAccount(account);
    const commit = opened.commit.bind(opened);
    opened.commit = (records) =>
      pass(`commit of ${[...new Set(records.map(({ type }) => type))].join(' and ')}`, () => commit(records));
    return opened;
  },
  accounts: () => sqlite.accounts(),
  entries: (account) => sqlite.entries(account),
  runs: (account) => sqlite.runs(account),
  close: () => sqlite.close(),
  [Symbol.asyncDispose]: () => sqlite.close(),
};

const { result, error } = await collect({
  account: 'a@127.0.0.1',
  ledger,
  destinations: [makeDestination()],
  retention: deletes === 'delete' ? { type: 'delete' } : { type: 'keep' },
  retries: 0,
  login: async () => {
    const client = await Pop3Client.connect({ host: '127.0.0.1', port: Number(port), security: 'none' });
    await client.authenticate({ user: 'a', password: 'b' });
    const dele = client.dele.bind(client);
    client.dele = (number) => pass('DELE', () => dele(number));
    const quit = client.quit.bind(client);
    client.quit = () => pass('QUIT', () => quit());
    return client;
  },
});
await ledger.close();
writeSync(1, `finished ${result} ${error instanceof Error ? error.message : ''}`);
