import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root: string = new URL('../..', import.meta.url).pathname;
const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];

/** Installs tarballs into an empty folder and uses them as their readers would. */
export function useFromFolder(tarballs: readonly string[], folder: string): void {
  const [library = ''] = tarballs;
  const alone = join(folder, 'library');
  makeProject(alone);
  // Offline: it has no dependencies that could have to be fetched.
  execute('npm', ['install', ...quiet, '--offline', library], alone);
  runProgram(alone, 'import.mjs', importProgram);
  runProgram(alone, 'require.cjs', requireProgram);

  const whole = join(folder, 'whole');
  makeProject(whole);
  execute('npm', ['install', ...quiet, ...tarballs], whole);
  runProgram(whole, 'collect.mjs', collectProgram);
  writeFileSync(join(whole, 'consumer.ts'), typedProgram);
  checkTypes(whole, { module: 'nodenext' });
  checkTypes(whole, { module: 'esnext', moduleResolution: 'bundler' });

  const { version } = JSON.parse(readFileSync(join(root, 'packages/postrider/package.json'), 'utf8'));
  assert.equal(execute('npx', ['--no-install', 'postrider', '--version'], whole), `${version}\n`);
  checkGlobal(join(whole, 'node_modules/postrider'), join(folder, 'prefix'));
  console.log(
    'The tarballs work: import, require, types (nodenext, bundler), npx, global command, manual page.',
  );
}

/** What `npm install --global` makes of it: the command and the manual page. */
function checkGlobal(installed: string, prefix: string): void {
  const copy = join(prefix, 'copy');
  cpSync(installed, copy, { recursive: true });
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
  // Its siblings cannot be fetched before they are published.
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, dependencies: {} }));
  execute('npm', ['install', ...quiet, '--global', '--prefix', prefix, '--install-links', copy], prefix);
  for (const path of ['bin/postrider', 'share/man/man1/postrider.1']) {
    assert.ok(existsSync(join(prefix, path)), `npm install --global makes no ${path}`);
  }
}

const importProgram = `import assert from 'node:assert/strict';
import { Pop3Client } from '@postrider/pop3';
import { ClientConnection } from '@postrider/pop3/protocol';
import { planAuthentication } from '@postrider/pop3/sasl';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { startScriptedServer } from '@postrider/pop3/testing';
import { connectTransport } from '@postrider/pop3/transport';
for (const value of [ClientConnection, planAuthentication, startScriptedServer, connectTransport]) {
  assert.equal(typeof value, 'function');
}
const server = new Pop3Server({ users: { ann: 'secret' }, maildrop: () => new MemoryMaildrop(['Subject: x\\n\\n.\\n']) });
const { port } = await server.listen();
const client = await Pop3Client.connect({ host: '127.0.0.1', port, security: 'none' });
await client.authenticate({ user: 'ann', password: 'secret' });
assert.equal(Buffer.from(await client.retrieve(1).bytes()).toString(), 'Subject: x\\r\\n\\r\\n.\\r\\n');
await client.quit();
await server.close();
`;

const requireProgram = `const assert = require('node:assert/strict');
const { Pop3Client, isPop3Error } = require('@postrider/pop3');
const { Pop3Server } = require('@postrider/pop3/server');
assert.equal(typeof Pop3Client.connect, 'function');
assert.equal(typeof Pop3Server, 'function');
assert.equal(isPop3Error(new Error()), false);
`;

const collectProgram = `import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { collect, MaildirDestination, SqliteLedger } from '@postrider/collector';
import { Pop3Client } from '@postrider/pop3';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
const maildrop = new MemoryMaildrop(['Subject: x\\n\\n.\\n']);
const server = new Pop3Server({ users: { ann: 'secret' }, maildrop: () => maildrop });
const { port } = await server.listen();
const ledger = new SqliteLedger('ledger.sqlite');
const login = async () => {
  const client = await Pop3Client.connect({ host: '127.0.0.1', port, security: 'none' });
  await client.authenticate({ user: 'ann', password: 'secret' });
  return client;
};
const destinations = [new MaildirDestination({ path: 'Mail' })];
const { result, retrieved } = await collect({ account: 'ann', login, ledger, destinations });
assert.deepEqual([result, retrieved, readdirSync('Mail/new').length], ['done', 1, 1]);
await ledger.close();
await server.close();
`;

// Uses types of every entry point, and narrows an error by its code.
const typedProgram = `import { type CollectOptions, collectAll, type Destination, parseDestination } from '@postrider/collector';
import { type ConnectOptions, isPop3Error, Pop3Client, type Pop3ClientError } from '@postrider/pop3';
import { type ClientEvent, NEED_DATA } from '@postrider/pop3/protocol';
import { planAuthentication, type SaslMechanism } from '@postrider/pop3/sasl';
import { type Maildrop, Pop3Server } from '@postrider/pop3/server';
import { parseDialogue, type Script } from '@postrider/pop3/testing';
import { type Transport, connectTransport } from '@postrider/pop3/transport';

export const options: ConnectOptions = { host: 'pop.example.org', security: 'starttls' };
export async function sizes(): Promise<readonly number[]> {
  const client = await Pop3Client.connect(options);
  const { entries } = await client.list();
  return entries.map(({ octets }) => octets);
}
export function phase(error: Pop3ClientError): string {
  return error.code === 'ERR_POP3_TIMEOUT' ? error.phase : error.message;
}
// @ts-expect-error There is no such kind of protection.
export const wrong: ConnectOptions = { host: 'pop.example.org', security: 'opportunistic' };
export type All = [CollectOptions, Destination, ClientEvent, SaslMechanism, Maildrop, Script, Transport];
export const values: readonly unknown[] = [
  collectAll, parseDestination, isPop3Error, NEED_DATA, planAuthentication, Pop3Server, parseDialogue, connectTransport,
];
`;

function makeProject(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
}

function runProgram(folder: string, name: string, source: string): void {
  writeFileSync(join(folder, name), source);
  execute(process.execPath, [name], folder);
}

/** With the declarations of the packages themselves checked too: nothing is skipped. */
function checkTypes(folder: string, settings: Readonly<Record<string, string>>): void {
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    ...settings,
  };
  const config = { compilerOptions, files: ['consumer.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  execute(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], folder);
}

function execute(command: string, words: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error);
    throw new Error(`${command} ${words.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}
