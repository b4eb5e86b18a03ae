import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeCertificate, type ServerCertificate } from '../src/certificate.ts';
import { program, requireProgram } from '../src/require-program.ts';

const run = promisify(execFile);

suite("Python's poplib as the client", requireProgram('python3', 'openssl'), () => {
  let folder: string;
  let certificate: ServerCertificate;
  let server: Pop3Server;
  let maildrop: MemoryMaildrop;
  const ports = new Map<string, number>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-poplib-'));
    certificate = makeCertificate(folder);
    server = new Pop3Server({
      users: { alice: 'secret word' },
      maildrop: () => maildrop,
      tls: {
        cert: readFileSync(certificate.certFile, 'utf8'),
        key: readFileSync(certificate.keyFile, 'utf8'),
      },
      allowCleartextPassword: true,
      failureDelay: 0,
    });
    for (const security of ['tls', 'starttls', 'none'] as const) {
      ports.set(security, (await server.listen({ security })).port);
    }
  });
  after(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs Python, which prints one JSON value. */
  async function python(script: string): Promise<unknown> {
    maildrop = new MemoryMaildrop(['From: a\n\n.dot\n..two\nhello\n', 'Subject: two\n\none\ntwo\nthree\n']);
    const head = `
import poplib, ssl, json
tls, starttls, none = ${ports.get('tls')}, ${ports.get('starttls')}, ${ports.get('none')}
context = ssl.create_default_context(cafile=${JSON.stringify(certificate.caFile)})
def text(value):
    if isinstance(value, bytes): return value.decode('latin1')
    if isinstance(value, (list, tuple)): return [text(one) for one in value]
    return value
def show(value): print(json.dumps(text(value)))
`;
    const { stdout } = await run(program('python3'), ['-c', head + script]);
    return JSON.parse(stdout);
  }

  const login = `c = poplib.POP3('127.0.0.1', none); c.user('alice'); c.pass_('secret word')\n`;

  const closing = 'c.dele(1); c.close(); show(1)';
  const quitting = 'c.dele(1); show(c.quit())';

  const methods: readonly (readonly [name: string, script: string, expected: unknown])[] = [
    [
      'user and pass_',
      `c = poplib.POP3('127.0.0.1', none); show([c.user('alice'), c.pass_('secret word')])`,
      ['+OK send the password', '+OK 2 messages'],
    ],
    ['stat', `${login}show(c.stat())`, [2, 64]],
    ['list', `${login}show(c.list())`, ['+OK 2 messages', ['1 31', '2 33'], 12]],
    ['list(n)', `${login}show(c.list(2))`, '+OK 2 33'],
    ['uidl', `${login}show(c.uidl())`, ['+OK 2 messages', ['1 memory-1', '2 memory-2'], 24]],
    ['uidl(n)', `${login}show(c.uidl(1))`, '+OK 1 memory-1'],
    ['retr', `${login}show(c.retr(1))`, ['+OK 31 octets', ['From: a', '', '.dot', '..two', 'hello'], 31]],
    ['top', `${login}show(c.top(2, 1)[1])`, ['Subject: two', '', 'one']],
    [
      'dele and rset',
      `${login}c.dele(1); a = c.stat(); c.rset(); show([a, c.stat()])`,
      [
        [1, 33],
        [2, 64],
      ],
    ],
    ['noop', `${login}show(c.noop())`, '+OK'],
    ['capa', `c = poplib.POP3('127.0.0.1', none); show('UIDL' in c.capa() and 'STLS' not in c.capa())`, true],
    [
      'getwelcome and apop',
      `c = poplib.POP3('127.0.0.1', none); show([c.getwelcome()[:4], c.apop('alice', 'secret word')])`,
      ['+OK ', '+OK 2 messages'],
    ],
    ['utf8', `c = poplib.POP3('127.0.0.1', none); show(c.utf8()[:3])`, '+OK'],
    [
      'stls',
      `c = poplib.POP3('127.0.0.1', starttls); c.stls(context); c.user('alice'); show([c.pass_('secret word'), c.stat()])`,
      ['+OK 2 messages', [2, 64]],
    ],
    [
      'POP3_SSL',
      `c = poplib.POP3_SSL('localhost', tls, context=context); c.user('alice'); show(c.pass_('secret word'))`,
      '+OK 2 messages',
    ],
    [
      'error_proto',
      `c = poplib.POP3('127.0.0.1', none)
c.user('alice')
try:
    c.pass_('wrong')
except poplib.error_proto as error: show(error.args[0])`,
      '-ERR [AUTH] wrong user name or password',
    ],
    [
      'rpop, which nobody has any more',
      `c = poplib.POP3('127.0.0.1', none)
try:
    c.rpop('alice')
except poplib.error_proto as error: show(error.args[0])`,
      '-ERR unknown command',
    ],
  ];
  test('every method that poplib has is in this file', async () => {
    const names = await python(
      `show([name for name in dir(poplib.POP3) if callable(getattr(poplib.POP3, name)) and not name.startswith('_')])`,
    );
    assert.ok(Array.isArray(names) && names.length > 15);
    const used = [...methods.map(([, script]) => script), login, closing, quitting].join('\n');
    for (const name of names) {
      // It is about poplib's own debugging output.
      if (name !== 'set_debuglevel') assert.ok(used.includes(`.${name}(`), `poplib's ${name} is not called`);
    }
  });

  for (const [name, script, expected] of methods) {
    test(name, async () => {
      assert.deepEqual(await python(`${script}\n`), expected);
    });
  }

  test('close deletes nothing, quit does', async () => {
    await python(`${login}${closing}`);
    assert.equal(maildrop.messages.length, 2);
    assert.equal(await python(`${login}${quitting}`), '+OK 1 messages removed, goodbye');
    assert.deepEqual(
      maildrop.messages.map(({ uniqueId }) => uniqueId),
      ['memory-2'],
    );
  });

  test('a second session finds the maildrop in use', async () => {
    const answer = await python(`${login}
d = poplib.POP3('127.0.0.1', none)
d.user('alice')
try:
    d.pass_('secret word')
except poplib.error_proto as error: show(error.args[0])`);
    assert.equal(answer, '-ERR [IN-USE] another session has the maildrop');
  });
});
