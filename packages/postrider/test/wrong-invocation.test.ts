import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type ScriptedServer, startScriptedServer } from '@postrider/pop3/testing';
import { startMaildrop, type TestMaildrop } from './support/maildrop.ts';
import { postrider } from './support/run.ts';

let folder: string;
let smtp: ScriptedServer;
let http: ScriptedServer;
let imap: ScriptedServer;
let refusing: ScriptedServer;
let overTls: TestMaildrop;

const speaking = (line: string): Promise<ScriptedServer> =>
  startScriptedServer(async (peer) => {
    await peer.send(`${line}\r\n`);
    await peer.stall();
  });

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pr-cli-'));
  writeFileSync(join(folder, 'readable'), 'secret\n', { mode: 0o644 });
  writeFileSync(join(folder, 'private'), 'secret\n', { mode: 0o600 });
  writeFileSync(join(folder, 'empty'), '', { mode: 0o600 });
  const configs: Readonly<Record<string, string>> = {
    'broken.toml': '[accounts.a\nhost = "x"\n',
    'key.toml': '[accounts.a]\nhost = "x"\nuser = "y"\nprot = 995\n',
    'type.toml': '[accounts.a]\nhost = "x"\nuser = "y"\nport = "995"\n',
    'twice.toml': '[accounts.a]\nhost = "x"\nhost = "y"\n',
    'missing.toml': '[accounts.a]\nhost = "x"\n',
    'top.toml': 'acounts = 1\n',
    'command.toml': '[accounts.a]\nhost = "x"\nuser = "y"\npassword-command = "true"\n',
    'good.toml': '[accounts.a]\nhost = "127.0.0.1"\nuser = "y"\nport = 1\n',
  };
  for (const [name, text] of Object.entries(configs))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  chmodSync(join(folder, 'command.toml'), 0o644);
  overTls = await startMaildrop([]);
  [smtp, http, imap, refusing] = await Promise.all([
    speaking('220 mail.example.org ESMTP'),
    speaking('HTTP/1.1 400 Bad Request'),
    speaking('* OK IMAP4rev1 ready'),
    speaking('-ERR [SYS/TEMP] too many connections'),
  ]);
});
after(async () => {
  for (const server of [smtp, http, imap, refusing, overTls]) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (server: ScriptedServer): string[] => [
  'status',
  '127.0.0.1',
  'a',
  '--security',
  'none',
  '--port',
  String(server.port),
];
const file = (name: string): string => join(folder, name);
const withPassword = { POSTRIDER_PASSWORD: 'secret-word' };

/** Words, the exit code, and what the error has to say. Words are made late: ports are not known before. */
const rows: readonly (readonly [name: string, words: () => string[], code: number, says: RegExp])[] = [
  ['an unknown command', () => ['stauts', 'h', 'u'], 64, /no command 'stauts'.*\n.*'status'/],
  ['a command that is nothing like one', () => ['xyzzy'], 64, /no command 'xyzzy'.*\n.*--help/],
  ['an option before the command', () => ['--json', 'status', 'h', 'u'], 64, /options come behind a command/],
  ['an unknown option', () => ['status', 'h', 'u', '--prot', '1'], 64, /unknown option '--prot'.*\n.*--port/],
  ['an option without its value', () => ['status', 'h', 'u', '--port'], 64, /argument missing/],
  [
    '--password does not exist',
    () => ['status', 'h', 'u', '--password', 'x'],
    64,
    /unknown option '--password'/,
  ],
  ['--insecure does not exist', () => ['status', 'h', 'u', '--insecure'], 64, /unknown option '--insecure'/],
  ['a port that is none', () => ['status', 'h', 'u', '--port', 'pop3'], 64, /--port wants a whole number/],
  ['a port that is too large', () => ['status', 'h', 'u', '--port', '65536'], 64, /from 1 to 65535/],
  ['a negative port', () => ['status', 'h', 'u', '--port=-1'], 64, /--port wants/],
  [
    'an unknown security',
    () => ['status', 'h', 'u', '--security', 'ssl'],
    64,
    /--security does not know 'ssl'.*\n.*tls, starttls, none/,
  ],
  [
    'an unknown mechanism',
    () => ['status', 'h', 'u', '--auth', 'digest-md5'],
    64,
    /--auth does not do 'digest-md5'/,
  ],
  ['a timeout of nothing', () => ['status', 'h', 'u', '--timeout', '0'], 64, /--timeout wants/],
  ['an empty file name', () => ['status', 'h', 'u', '--ca', ''], 64, /--ca wants a value/],
  ['a colour that is none', () => ['status', 'h', 'u', '--color', 'blue'], 64, /--color does not know/],
  ['no host, and no configuration', () => ['status'], 64, /no account in the configuration/],
  [
    'a host without a user',
    () => ['status', 'pop.example.org'],
    64,
    /no account 'pop.example.org'.*\n.*HOST USER/,
  ],
  ['an empty host', () => ['status', '', 'u'], 64, /is empty/],
  ['a host with a space', () => ['status', 'a b', 'u'], 64, /no host name/],
  ['a host with a control character', () => ['status', 'a\x1b[2J', 'u'], 64, /\\x1b/],
  [
    'a host with its port',
    () => ['status', 'pop.example.org:995', 'u'],
    64,
    /'pop\.example\.org:995' is no host.*\nhint: The port is an option: pop\.example\.org --port 995$/m,
  ],
  ['an address with its port', () => ['list', '[::1]:995', 'u'], 64, /\nhint: .* \[::1\] --port 995$/m],
  ['a host that is a URL', () => ['list', 'pop3s://pop.example.org', 'u'], 64, /\nhint: .* alone/],
  [
    'doctor of a host with its port',
    () => ['doctor', 'pop.example.org:995'],
    64,
    /^postrider: 'pop.*--port/s,
  ],
  ['doctor of nothing', () => ['doctor', ''], 64, /^postrider: '' is no host name/],
  [
    'an address in brackets',
    () => ['status', '[::1]', 'u', '--port', '1'],
    69,
    /^postrider: \[::1\]:1: while/,
  ],
  ['three words', () => ['status', 'h', 'u', 'x'], 64, /no account 'h'/],
  ['show without a number', () => ['show', 'h', 'u'], 64, /one message-number/],
  [
    'show of an account that is none',
    () => ['show', 'hmoe', '1'],
    64,
    /'hmoe' is no account, so '1' .*\n.* ACCOUNT N$/m,
  ],
  [
    'delete of an account that is none',
    () => ['delete', 'hmoe', '1', '--yes'],
    64,
    /'hmoe' is no account, so '1' .*\n.* ACCOUNT N\.\.\. or .*--unique-id ID$/m,
  ],
  ['show with a word', () => ['show', 'h', 'u', 'first'], 64, /'first' is no message-number/],
  ['show with zero', () => ['show', 'h', 'u', '0'], 64, /'0' is no message-number/],
  ['show with two numbers', () => ['show', 'h', 'u', '1', '2'], 64, /does not know what to do with '2'/],
  ['list with too much', () => ['list', 'h', 'u', '1'], 64, /does not know what to do with '1'/],
  ['delete without a number', () => ['delete', 'h', 'u'], 64, /wants the message-numbers/],
  ['delete without a terminal', () => ['delete', 'h', 'u', '1'], 64, /no terminal.*\n.*--yes/],
  [
    'collect without a destination',
    () => ['collect', 'h', 'u', '--ledger', file('l1')],
    64,
    /no destination.*\n.*--to/,
  ],
  [
    'collect to nothing known',
    () => ['collect', 'h', 'u', '--to', 'folder:x', '--ledger', file('l2')],
    64,
    /'folder:x' is no destination/,
  ],
  [
    'collect with two retentions',
    () => ['collect', 'h', 'u', '--to', 'maildir:x', '--keep', '--delete', '--ledger', file('l3')],
    64,
    /contradict/,
  ],
  [
    'collect with a strange size',
    () => ['collect', 'h', 'u', '--to', 'maildir:x', '--max-size', 'big'],
    64,
    /wants a size/,
  ],
  [
    'collect with a strange age',
    () => ['collect', 'h', 'u', '--to', 'maildir:x', '--delete-after', 'soon'],
    64,
    /wants an age/,
  ],
  [
    'collect with a ledger that is none',
    () => ['collect', 'h', 'u', '--to', 'maildir:x', '--ledger', file('key.toml')],
    74,
    /it is no ledger/,
  ],
  ['serve without a folder', () => ['serve'], 64, /wants more/],
  ['serve what does not exist', () => ['serve', file('nowhere')], 74, /cannot be served/],
  ['help about nothing known', () => ['help', 'xyzzy'], 64, /no help about 'xyzzy'/],
  [
    'a configuration that is not there',
    () => ['status', 'a', '--config', file('nowhere')],
    78,
    /does not exist/,
  ],
  [
    'a configuration that is not TOML',
    () => ['status', 'a', '--config', file('broken.toml')],
    78,
    /broken\.toml:1:\d+/,
  ],
  ['a key twice', () => ['status', 'a', '--config', file('twice.toml')], 78, /twice\.toml:3/],
  [
    'an unknown key',
    () => ['status', 'a', '--config', file('key.toml')],
    78,
    /key\.toml:4:1: there is no key 'prot'.*\n.*'port'/,
  ],
  [
    'an unknown key at the top',
    () => ['status', 'a', '--config', file('top.toml')],
    78,
    /no key 'acounts'.*\n.*'accounts'/,
  ],
  [
    'a wrong type',
    () => ['status', 'a', '--config', file('type.toml')],
    78,
    /type\.toml:4:1: accounts\.a\.port/,
  ],
  ['a missing key', () => ['status', 'a', '--config', file('missing.toml')], 78, /accounts\.a\.user/],
  [
    'commands that others can read',
    () => ['status', 'a', '--config', file('command.toml')],
    78,
    /others can read.*\n.*chmod 600/,
  ],
  [
    'an account that is not configured',
    () => ['status', 'b', '--config', file('good.toml')],
    64,
    /no account 'b'.*\n.*There are: a/,
  ],
  [
    'a password file that is not there',
    () => ['status', 'h', 'u', '--password-file', file('nowhere')],
    74,
    /password file .* cannot be read/,
  ],
  [
    'a password file that others can read',
    () => ['status', 'h', 'u', '--password-file', file('readable')],
    78,
    /read by others.*\n.*chmod 600/,
  ],
  [
    'an empty password file',
    () => ['status', 'h', 'u', '--password-file', file('empty')],
    74,
    /no password in/,
  ],
  [
    'a password command that fails',
    () => ['status', 'h', 'u', '--password-command', 'exit 3'],
    74,
    /exit status 3/,
  ],
  [
    'a password command that says nothing',
    () => ['status', 'h', 'u', '--password-command', 'true'],
    74,
    /printed nothing/,
  ],
  [
    'a CA file that is not there',
    () => ['status', 'h', 'u', '--ca', file('nowhere')],
    74,
    /--ca cannot be read/,
  ],
  [
    'a CA file that is none',
    () => ['status', '127.0.0.1', 'u', '--ca', file('private')],
    64,
    /no certificate/,
  ],
  ['a pin that is none', () => ['status', '127.0.0.1', 'u', '--pin', 'abc'], 64, /pin/],
  ['a proxy that is none', () => ['status', 'h', 'u', '--proxy', 'ftp://x'], 64, /--proxy wants a URL/],
  [
    'a host that does not exist',
    () => ['status', 'no.such.host.invalid', 'u'],
    69,
    /no\.such\.host\.invalid:995: while connecting/,
  ],
  [
    'a port that nobody listens on',
    () => ['status', '127.0.0.1', 'u', '--port', '1'],
    69,
    /127\.0\.0\.1:1: while connecting: .*refused/,
  ],
  ['a port that speaks SMTP', () => at(smtp), 76, /speaks SMTP, not POP3/],
  ['a port that speaks HTTP', () => at(http), 76, /speaks HTTP, not POP3/],
  ['a port that speaks IMAP', () => at(imap), 76, /speaks IMAP, not POP3/],
  ['a port without TLS', () => ['status', '127.0.0.1', 'a', '--port', String(smtp.port)], 76, /TLS/],
  [
    'a port that speaks TLS',
    () => [
      'status',
      '127.0.0.1',
      'a',
      '--security',
      'none',
      '--timeout',
      '1',
      '--port',
      String(overTls.port),
    ],
    75,
    /no whole greeting.*\n.*--security tls/,
  ],
  [
    'a certificate that nobody vouches for',
    () => ['status', '127.0.0.1', 'a', '--port', String(overTls.port)],
    76,
    /the certificate .* is self-signed.*\n.*--pin /,
  ],
  ['a shell without completions', () => ['completion', 'tcsh'], 64, /no completions for 'tcsh'.*\n.*bash/],
  ['a group without its second word', () => ['ledger'], 64, /ledger wants one more word.*\n.*ledger show/],
  [
    'a second word that is none',
    () => ['accounts', 'tset'],
    64,
    /no command 'accounts tset'.*\n.*'accounts test'/,
  ],
  ['accounts add without a terminal', () => ['accounts', 'add'], 64, /no terminal.*\n.*configuration/],
  [
    'an account to remove that is not there',
    () => ['accounts', 'remove', 'x', '--config', file('good.toml')],
    64,
    /no account 'x'.*\n.*There are: a/,
  ],
  ['two ways to show', () => ['show', 'h', 'u', '1', '--raw', '--json'], 64, /contradict/],
  ['a server that is busy', () => at(refusing), 75, /too many connections/],
];

suite('wrong invocations', () => {
  for (const [name, words, code, says] of rows) {
    test(name, async () => {
      const ran = await postrider(words(), withPassword);
      assert.match(ran.stderr, says);
      assert.equal(ran.code, code, ran.stderr);
      assert.doesNotMatch(ran.stderr, /\n\s+at /, 'no stack trace');
      assert.doesNotMatch(ran.stdout + ran.stderr, /secret-word/);
      assert.ok(
        ran.stderr
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('note:')).length <= 2,
        ran.stderr,
      );
    });
  }

  test('no password, and nobody to ask', async () => {
    const ran = await postrider(['status', '127.0.0.1', 'u', '--port', '1']);
    assert.equal(ran.code, 64);
    assert.match(ran.stderr, /no terminal to ask.*\n.*--password-command/);
  });
});
