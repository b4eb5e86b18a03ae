// Collects once, and kills itself at the point whose number it is given; 0: not at all. Prints the name of that point, or how the collection ended.
import { writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Pop3Client } from '@postrider/pop3';
import { type AccountLedger, collect, type Ledger, SqliteLedger } from '../../src/index.ts';
import { makeDestination } from './file-destination.ts';
import { observeFileSystem } from './observed-file-system.ts';

const [port = '', folder = '', kind = '', deletes = '', fatal = '0'] = process.argv.slice(2);
let points = 0;
const counts = new Map<string, number>();

/** A point where the process may die. The same step a second time is another point. */
function point(step: string): void {
  const count = (counts.get(step) ?? 0) + 1;
  counts.set(step, count);
  points++;
  if (points !== Number(fatal)) return;
  writeSync(1, `${step} (${count})`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment to arrive.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}

function around<T>(step: string, work: () => T): T {
  point(`before ${step}`);
  const result = work();
  point(`after ${step}`);
  return result;
}

async function aroundAsync<T>(step: string, work: () => Promise<T>): Promise<T> {
  point(`before ${step}`);
  const result = work();
  point(`during ${step}`);
  const value = await result;
  point(`after ${step}`);
  return value;
}

// What of a path is the same in every run: not the id, and not the process.
function role(path: string): string {
  const name = basename(path)
    .replaceAll(/[0-9a-f]{64}/g, 'ID')
    .replaceAll(/[0-9a-f]{8}-\d+-\d+/g, 'PROCESS');
  return join(basename(join(path, '..')) === basename(folder) ? '' : basename(join(path, '..')), name);
}

const silent = new Set(['size', 'exists', 'list']);
const fileSystem = observeFileSystem((call, path, work) => {
  if (silent.has(call)) return work();
  return around(path === undefined ? call : `${call} of ${role(path)}`, work);
});

function observeAccount(account: AccountLedger): AccountLedger {
  return {
    account: account.account,
    get firstRun() {
      return account.firstRun;
    },
    entries: () => account.entries(),
    commit: (facts) => {
      const records = [...facts];
      const what = [...new Set(records.map(({ type }) => type))].join(' and ') || 'nothing';
      return aroundAsync(`commit of ${what}`, () => account.commit(records));
    },
    recordRun: (run) => aroundAsync('commit of the run', () => account.recordRun(run)),
    close: () => aroundAsync('closing the account', () => account.close()),
    [Symbol.asyncDispose]: () => account.close(),
  };
}

async function logIn(): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ host: '127.0.0.1', port: Number(port), security: 'none' });
  await client.authenticate({ user: 'a', password: 'b' });
  const original = {
    dele: client.dele.bind(client),
    quit: client.quit.bind(client),
    retrieveInto: client.retrieveInto.bind(client),
    list: client.list.bind(client),
  };
  client.dele = (number) => aroundAsync(`DELE ${number}`, () => original.dele(number));
  client.quit = () => aroundAsync('QUIT', () => original.quit());
  client.retrieveInto = (number, sink) =>
    aroundAsync(`RETR ${number}`, () =>
      original.retrieveInto(number, {
        write: (octets) => around(`octets of RETR ${number}`, () => sink.write(octets)),
        end: () => around(`the terminator of RETR ${number}`, () => sink.end?.()),
      }),
    );
  return client;
}

point('at the start');
const sqlite = new SqliteLedger(join(folder, 'ledger.sqlite'));
const ledger: Ledger = {
  openAccount: (account) =>
    aroundAsync('opening the account', async () => observeAccount(await sqlite.openAccount(account))),
  accounts: () => sqlite.accounts(),
  entries: (account) => sqlite.entries(account),
  runs: (account) => sqlite.runs(account),
  close: () => sqlite.close(),
  [Symbol.asyncDispose]: () => sqlite.close(),
};
// Whoever kills from outside waits for this.
writeSync(2, 'ready\n');
const { result, error } = await collect({
  account: 'a@127.0.0.1',
  ledger,
  destinations: [makeDestination(kind, folder, fileSystem)],
  retention: deletes === 'delete' ? { type: 'delete' } : { type: 'keep' },
  retries: 0,
  login: () => aroundAsync('logging in', logIn),
});
await aroundAsync('closing the ledger', () => ledger.close());
writeSync(1, `finished ${result} ${error instanceof Error ? error.message : ''}`);
