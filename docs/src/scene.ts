import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeAuthority, type TestCertificate } from '../../packages/pop3/test/support/authority.ts';
import { demoMessages } from '../../scripts/demo-messages.ts';
import { startProvider } from './provider.ts';

/** The passwords of Ann's, in the documents' world. */
export const password = 'correct horse battery staple';

/** What a command left behind. */
export interface Ran {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** A home folder, and a POP3 server for every host that a document names. */
export interface Scene {
  readonly home: string;
  /** Runs a command line in the home folder. */
  run(command: string, answers?: string): Promise<Ran>;
  close(): Promise<void>;
}

const root = new URL('../..', import.meta.url).pathname;
const providerHosts = ['accounts.google.com', 'oauth2.googleapis.com', 'login.microsoftonline.com'];
const node = ['--conditions=@postrider/source', '--import', join(root, 'docs/src/redirect.ts')];

export async function makeScene(): Promise<Scene> {
  const home = mkdtempSync(join(tmpdir(), 'postrider-docs-'));
  const authority = await makeAuthority('CN=Documentation authority');
  const certificateFor = (...names: readonly string[]): Promise<TestCertificate> =>
    authority.issue({ subject: `CN=${names[0]}`, names, notAfter: new Date(Date.now() + 60 * 86_400_000) });
  const maildrop = new MemoryMaildrop();
  for (const [index, message] of demoMessages.entries()) {
    maildrop.add(message, { uniqueId: `UID${index + 1}-1764000000` });
  }
  const server = new Pop3Server({
    users: {
      password: (user) => (/^ann(?:@|$)/.test(user) ? password : undefined),
    },
    maildrop: () => maildrop,
    tls: await certificateFor('pop.example.org'),
    host: 'pop.example.org',
    failureDelay: 0,
  });
  const [tls, starttls] = [await server.listen({ security: 'tls' }), await server.listen()];
  // An old server: no TLS, no SASL.
  const old = new Pop3Server({ users: { ann: password }, maildrop: () => maildrop, mechanisms: [] });
  const plain = await old.listen({ security: 'none' });
  const big = async (
    host: string,
    mechanisms: readonly string[],
    withPassword: boolean,
  ): Promise<Pop3Server> =>
    new Pop3Server({
      users: { password: () => (withPassword ? password : undefined), checkToken: () => true },
      maildrop: () => maildrop,
      tls: await certificateFor(host),
      host,
      mechanisms,
    });
  const gmail = await big('pop.gmail.com', ['PLAIN', 'OAUTHBEARER', 'XOAUTH2'], true);
  const outlook = await big('outlook.office365.com', ['XOAUTH2'], false);
  const [google, microsoft] = [
    await gmail.listen({ security: 'tls' }),
    await outlook.listen({ security: 'tls' }),
  ];
  const provider = await startProvider(await certificateFor(...providerHosts));
  const routes = {
    ...Object.fromEntries(providerHosts.map((host) => [`${host}:443`, provider.port])),
    'pop.example.org:995': tls.port,
    'pop.example.org:110': starttls.port,
    'pop.gmail.com:995': google.port,
    'outlook.office365.com:995': microsoft.port,
    'old.example.org:110': plain.port,
  };

  const hidden = join(home, '.hidden');
  mkdirSync(join(hidden, 'bin'), { recursive: true });
  writeFileSync(join(hidden, 'ca.pem'), authority.cert);
  install(
    hidden,
    'postrider',
    `exec '${process.execPath}' ${node.join(' ')} '${root}docs/src/postrider.ts' "$@"`,
  );
  install(hidden, 'node', `exec '${process.execPath}' ${node.join(' ')} "$@"`);
  symlinkSync(join(root, 'examples'), join(home, 'examples'));
  // The browser of the documents: it follows links, and nothing else.
  install(hidden, 'open-page', 'exec node --eval \'await fetch(process.argv[1])\' "$1"');
  // The password manager of the documents.
  install(hidden, 'pass', `echo '${password}'`);
  const env = {
    PATH: [join(hidden, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NO_COLOR: '1',
    COLUMNS: '80',
    BROWSER: 'open-page',
    POSTRIDER_KEYRING: 'none',
    NODE_NO_WARNINGS: '1',
    // The same sources are loaded by dozens of short processes.
    NODE_COMPILE_CACHE: join(tmpdir(), 'postrider-docs-compile-cache'),
    NODE_EXTRA_CA_CERTS: join(hidden, 'ca.pem'),
    POSTRIDER_DOCS_ROUTES: JSON.stringify(routes),
    PASSWORD: password,
  };
  return {
    home,
    run: (command, answers = '') =>
      runShell(command, { cwd: home, env: { ...env, POSTRIDER_DOCS_ANSWERS: answers } }),
    close: async () => {
      await Promise.all([server, old, gmail, outlook, provider].map((each) => each.close()));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function install(folder: string, name: string, script: string): void {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function runShell(command: string, options: { cwd: string; env: Record<string, string> }): Promise<Ran> {
  const child = spawn('bash', ['-c', `{ ${command}\n} 2>&1`], {
    ...options,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) =>
    child.once('error', reject).once('close', (code) => resolve({ code, output })),
  );
}
