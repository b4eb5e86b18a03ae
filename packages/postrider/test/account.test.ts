import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeCertificate } from '../src/certificate/certificate.ts';
import { postrider } from './support/run.ts';

suite('accounts', () => {
  let folder: string;
  let server: Pop3Server;
  let port: number;
  let ca: string;
  let env: Record<string, string>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-accounts-'));
    const certificate = await makeCertificate('localhost');
    const { writeFileSync } = await import('node:fs');
    ca = join(folder, 'ca.pem');
    writeFileSync(ca, certificate.cert);
    const maildrop = new MemoryMaildrop(['Subject: hello\n\nworld\n']);
    server = new Pop3Server({
      users: { 'ann@example.test': 'a secret word' },
      maildrop: () => maildrop,
      tls: certificate,
      failureDelay: 0,
    });
    ({ port } = await server.listen({ security: 'tls' }));
    env = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder };
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const add = (password: string) =>
    postrider(['accounts', 'add', '--port', String(port), '--security', 'tls', '--ca', ca], env, [
      'ann@example.test',
      'ann@example.test',
      'localhost',
      'home',
      password,
    ]);

  test('add with a wrong password saves nothing', async () => {
    const { code, stderr } = await add('a wrong word');
    assert.equal(code, 77);
    assert.match(stderr, /wrong user name or password/);
    assert.equal((await postrider(['accounts', '--json'], env)).stdout, '[]\n');
  });

  test('add, list, use, remove', async () => {
    const added = await add('a secret word');
    assert.equal(added.code, 0, added.stderr);
    const config = join(folder, 'postrider', 'config.toml');
    assert.equal(statSync(config).mode & 0o777, 0o600);
    assert.doesNotMatch(readFileSync(config, 'utf8'), /secret word/);
    const listed = await postrider(['accounts', '--json'], env);
    assert.deepEqual(JSON.parse(listed.stdout), [
      { name: 'home', host: 'localhost', user: 'ann@example.test', port, security: 'tls' },
    ]);
    const status = await postrider(['status', 'home', '--ca', ca], env);
    assert.equal(status.stdout, 'You have 1 message totaling 25 bytes.\n', status.stderr);
    const removed = await postrider(['accounts', 'remove', 'home'], env);
    assert.equal(removed.code, 0, removed.stderr);
    assert.equal((await postrider(['accounts', '--json'], env)).stdout, '[]\n');
    assert.equal((await postrider(['status', 'home', '--ca', ca], env)).code, 64);
  });
});
