import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type CommandDefinition, commandName } from '../src/flag/definition.ts';
import { jsonFlag } from '../src/flag/general.ts';
import type { JsonKey } from '../src/flag/json.ts';
import { commands } from '../src/flag/registry.ts';
import { password, startMaildrop, type TestMaildrop } from './support/maildrop.ts';
import { postrider, postriderIn } from './support/run.ts';

const attached = `From: Bob <bob@example.net>
To: Ann <ann@example.test>
Cc: Eve <eve@example.test>
Subject: Lunch?
Date: Tue, 24 Nov 2026 09:00:00 +0000
Content-Type: multipart/mixed; boundary=b

--b

noon
--b
Content-Disposition: attachment; filename=x.txt

x
--b--
`;

function definitionOf(name: string): CommandDefinition {
  const definition = commands.find((command) => commandName(command) === name);
  assert.ok(definition, name);
  return definition;
}

function documented(name: string, shape = 0): readonly JsonKey[] {
  const keys = definitionOf(name).json?.shapes[shape]?.keys;
  assert.ok(keys, `${name} documents no keys`);
  return keys;
}

/** The paths of all keys of a value, as they are documented: `attachments[].name`. What is documented as a whole is not looked into. */
function pathsOf(value: unknown, whole: ReadonlySet<string>, path = ''): string[] {
  if (Array.isArray(value)) {
    const inside = value.flatMap((one) => pathsOf(one, whole, `${path}[]`));
    return inside.length > 0 ? inside : [`${path}[]`];
  }
  if (typeof value !== 'object' || value === null || whole.has(path)) return [path];
  return Object.entries(value).flatMap(([key, one]) =>
    pathsOf(one, whole, path === '' ? key : `${path}.${key}`),
  );
}

function assertKeys(value: unknown, keys: readonly JsonKey[], what: string): void {
  const names = keys.map(([path]) => path);
  const found = [...new Set(pathsOf(value, new Set(names)))].sort();
  assert.deepEqual(found, [...names].sort(), `the keys of ${what}`);
}

suite('what --json prints', () => {
  let server: TestMaildrop;
  let folder: string;
  let env: Record<string, string>;
  before(async () => {
    server = await startMaildrop([attached, 'Subject: two\n\n2\n']);
    folder = mkdtempSync(join(tmpdir(), 'pr-json-'));
    env = { ...server.env, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, HOME: folder };
    writeFileSync(join(folder, 'ca.pem'), server.cert);
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (...words: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await postrider([...words, '--json'], env);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const first = (value: unknown): unknown => {
    assert.ok(Array.isArray(value) && value.length > 0);
    return value[0];
  };

  test('every command with the flag says what it prints, and no other does', () => {
    for (const command of commands) {
      const hasFlag = command.groups.some(({ flags }) => flags.includes(jsonFlag));
      assert.equal(command.json !== undefined, hasFlag, commandName(command));
    }
  });

  test('status of one', async () => {
    assertKeys(await run('status', ...server.words), documented('status'), 'status');
  });
  test('list', async () => {
    assertKeys(first(await run('list', ...server.words)), documented('list'), 'list');
    const both = [...documented('list'), ...documented('list', 1)];
    assertKeys(first(await run('list', ...server.words, '--headers')), both, 'list --headers');
  });
  test('show', async () => {
    assertKeys(await run('show', ...server.words, '1'), documented('show'), 'show');
    assertKeys(await run('show', ...server.words, '1', '--headers'), documented('show', 1), 'show --headers');
  });
  test('accounts, and status of several', async () => {
    const words = ['accounts', 'add', 'ann@example.test', '--port', String(server.port), '--security', 'tls'];
    for (const name of ['one', 'two']) {
      const added = await postrider(
        [...words, '--ca', join(folder, 'ca.pem'), '--to', 'eml:out', '--json'],
        env,
        ['localhost', '', name, password],
      );
      assert.equal(added.code, 0, added.stderr);
      assertKeys(JSON.parse(added.stdout), documented('accounts add'), 'accounts add');
    }
    assertKeys(first(await run('accounts')), documented('accounts'), 'accounts');
    // One session at a time has the maildrop: both answers have the same keys.
    const several = await postrider(['status', '--json'], env);
    const statuses: unknown = JSON.parse(several.stdout);
    assert.ok(Array.isArray(statuses) && statuses.length === 2);
    for (const status of statuses) assertKeys(status, documented('status'), 'status of several');
    assertKeys(first(await run('accounts', 'test', 'one')), documented('accounts test'), 'accounts test');
    assertKeys(await run('login', 'one'), documented('login'), 'login');
    assertKeys(await run('logout', 'one'), documented('logout'), 'logout');
    assertKeys(await run('accounts', 'remove', 'two'), documented('accounts remove'), 'accounts remove');
  });
  test('doctor', async () => {
    const words = ['127.0.0.1', '--port', String(server.port), '--pin', server.pin, '--security', 'tls'];
    assertKeys(await run('doctor', ...words), documented('doctor'), 'doctor');
  });
  test('collect and ledger', async () => {
    const words = [...server.words, '--to', `maildir:${join(folder, 'Mail')}`];
    const { code, stdout, stderr } = await postrider(['collect', ...words, '--json', '--delete'], env);
    assert.equal(code, 0, stderr);
    const shapes = new Map(
      definitionOf('collect').json?.shapes.map(({ when = '', keys }) => [/"(.*)"/.exec(when)?.[1], keys]),
    );
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => {
        const event: { type: string } = JSON.parse(line);
        assertKeys(event, shapes.get(event.type) ?? [], event.type);
        return event.type;
      });
    assert.deepEqual(types, ['planned', 'delivered', 'delivered', 'deleted', 'summary']);
    assertKeys(first(await run('ledger', 'show')), documented('ledger show'), 'ledger show');
    const { words: target } = server;
    const account = target.slice(0, 4);
    assertKeys(
      first(await run('ledger', 'show', ...account)),
      documented('ledger show', 1),
      'ledger show of one',
    );
    assertKeys(await run('ledger', 'retry', ...account), documented('ledger retry'), 'ledger retry');
    const file = join(folder, 'oldmail-127.0.0.1-995-ann');
    writeFileSync(file, 'x\x001234567890\n');
    assertKeys(
      first(await run('ledger', 'import', ...account, file, '--from', 'getmail')),
      documented('ledger import'),
      'ledger import',
    );
  });
  test('delete', async () => {
    server.maildrop.add('Subject: three\n\n3\n');
    assertKeys(await run('delete', ...server.words, '1', '--yes'), documented('delete'), 'delete');
  });
  test('serve', async () => {
    const controller = new AbortController();
    const onOutput = (): void => controller.abort(new DOMException('interrupted', 'AbortError'));
    const world = { env: { HOME: folder }, signal: controller.signal, onOutput };
    const { code, stdout, stderr } = await postriderIn(world, ['serve', join(folder, 'Mail'), '--json']);
    assert.equal(code, 0, stderr);
    assertKeys(JSON.parse(stdout), documented('serve'), 'serve');
  });

  test('what could act on a terminal is escaped, and comes back as it was', async () => {
    const subject = 'a\x1b[2J\x9b1m\u202eb\u2066\u200f\x7f\u2028\u{e0041}';
    server.maildrop.add(`Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=\n\n\n`);
    const { stdout } = await postrider(['list', ...server.words, '--headers', '--json'], env);
    assert.doesNotMatch(
      stdout,
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\u{e0041}/u,
    );
    const listed: { subject: string }[] = JSON.parse(stdout);
    assert.equal(listed.at(-1)?.subject, subject);
  });
});
