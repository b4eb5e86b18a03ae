import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeCertificate, type ServerCertificate } from '../src/certificate.ts';
import { program, requireProgram } from '../src/require-program.ts';

const password = 'secret';

const messages = [
  'From: a@example.org\r\nTo: b@example.org\r\nSubject: dots\r\n\r\n.\r\n..\r\n.a\r\nend\r\n',
  `From: a@example.org\r\nTo: b@example.org\r\nSubject: long\r\n\r\n${'x'.repeat(900)}\r\n.\r\n`,
  `From: a@example.org\r\nTo: b@example.org\r\nSubject: large\r\n\r\n${'a line of text\r\n'.repeat(20_000)}`,
];

let folder: string;
let certificate: ServerCertificate;
let server: Pop3Server;
let maildrop: MemoryMaildrop;
const ports = { tls: 0, starttls: 0, none: 0 };

/** A fresh maildrop, and a folder of its own for the client. */
function scene(name: string): string {
  maildrop = new MemoryMaildrop(messages);
  const own = join(folder, name.replace(/\W+/g, '-'));
  mkdirSync(own, { mode: 0o700 });
  return own;
}

function run(
  name: string,
  words: readonly string[],
  home: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = {
    env: { PATH: process.env['PATH'], HOME: home, FETCHMAILHOME: home },
    encoding: 'latin1',
    maxBuffer: 1 << 26,
    timeout: 60_000,
  } as const;
  return new Promise((resolve) => {
    execFile(program(name), words, options, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      });
    });
  });
}

const uniqueIds = (): string[] => maildrop.messages.map(({ uniqueId }) => uniqueId);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pr-client-'));
  certificate = makeCertificate(folder);
  server = new Pop3Server({
    users: { alice: password },
    maildrop: () => maildrop,
    tls: { cert: readFileSync(certificate.certFile, 'utf8'), key: readFileSync(certificate.keyFile, 'utf8') },
    failureDelay: 0,
  });
  for (const security of ['tls', 'starttls', 'none'] as const) {
    ports[security] = (await server.listen({ security })).port;
  }
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

suite('curl as the client', requireProgram('curl', 'openssl'), () => {
  const curl = (security: keyof typeof ports, path: string, ...more: string[]) => {
    const url = `${security === 'tls' ? 'pop3s' : 'pop3'}://localhost:${ports[security]}/${path}`;
    const protection = security === 'starttls' ? ['--ssl-reqd'] : [];
    const words = [
      '-sS',
      '--cacert',
      certificate.caFile,
      ...protection,
      '--user',
      `alice:${password}`,
      ...more,
      url,
    ];
    return run('curl', words, folder);
  };

  for (const security of ['tls', 'starttls', 'none'] as const) {
    test(`${security}: lists, and retrieves every message octet by octet`, async () => {
      scene(`curl ${security}`);
      const listing = await curl(security, '');
      assert.equal(listing.stderr, '');
      assert.deepEqual(
        listing.stdout.trim().split('\r\n'),
        messages.map(({ length }, index) => `${index + 1} ${length}`),
      );
      for (const [index, message] of messages.entries()) {
        assert.equal((await curl(security, `${index + 1}`)).stdout, message);
      }
      assert.equal(uniqueIds().length, 3);
    });
  }

  for (const mechanism of ['PLAIN', 'LOGIN', 'CRAM-MD5', '+APOP']) {
    test(`logs in by ${mechanism}, and not with a wrong password`, async () => {
      scene(`curl ${mechanism}`);
      const option = ['--login-options', `AUTH=${mechanism}`];
      assert.match((await curl('tls', '', ...option)).stdout, /^1 \d+\r\n2 /);
      const refused = await curl('tls', '', ...option, '--user', 'alice:wrong');
      assert.equal(refused.code, 67, refused.stderr);
    });
  }

  test('TOP, UIDL and DELE', async () => {
    scene('curl commands');
    const top = await curl('tls', '', '--request', 'TOP 1 0');
    assert.match(top.stdout, /Subject: dots\r\n\r\n$/);
    assert.match((await curl('tls', '', '--request', 'UIDL')).stdout, /^1 memory-1\r\n2 memory-2\r\n/);
    assert.equal((await curl('tls', '', '--request', 'DELE 1', '--head')).code, 0);
    assert.deepEqual(uniqueIds(), ['memory-2', 'memory-3']);
  });
});

suite('mpop as the client', requireProgram('mpop', 'openssl'), () => {
  for (const security of ['tls', 'starttls'] as const) {
    for (const pipelining of ['on', 'off']) {
      test(`${security}, pipelining ${pipelining}: collects every message, and deletes only when told`, async () => {
        const home = scene(`mpop ${security} ${pipelining}`);
        const mail = join(home, 'mail');
        for (const name of ['', 'cur', 'new', 'tmp']) mkdirSync(join(mail, name));
        const configuration = (keep: string): string[] => [
          'account default',
          'host localhost',
          `port ${ports[security]}`,
          'user alice',
          `passwordeval "echo ${password}"`,
          'tls on',
          `tls_starttls ${security === 'starttls' ? 'on' : 'off'}`,
          `tls_trust_file ${certificate.caFile}`,
          `pipelining ${pipelining}`,
          'received_header off',
          `delivery maildir ${mail}`,
          `uidls_file ${join(home, 'uidls')}`,
          `keep ${keep}`,
        ];
        const collect = async (keep: string): Promise<string[]> => {
          const file = join(home, 'mpoprc');
          writeFileSync(file, `${configuration(keep).join('\n')}\n`, { mode: 0o600 });
          const { code, stderr } = await run('mpop', ['-C', file, '-q'], home);
          assert.equal(code, 0, stderr);
          return readdirSync(join(mail, 'new')).map((name) =>
            readFileSync(join(mail, 'new', name), 'latin1'),
          );
        };
        const expected = messages.map((message) => message.replaceAll('\r\n', '\n')).sort();
        assert.deepEqual((await collect('on')).sort(), expected);
        assert.equal((await collect('on')).length, 3, 'nothing comes twice');
        assert.equal(uniqueIds().length, 3);
        maildrop.add('From: a\r\n\r\nnew\r\n');
        assert.equal((await collect('off')).length, 4);
        assert.deepEqual(uniqueIds(), []);
      });
    }
  }
});

suite('fetchmail as the client', requireProgram('fetchmail', 'openssl'), () => {
  for (const security of ['tls', 'starttls'] as const) {
    test(`${security}: hands every message to its program, and keeps or deletes as told`, async () => {
      const home = scene(`fetchmail ${security}`);
      const inbox = join(home, 'inbox');
      const fetch = async (keep: string): Promise<string> => {
        const file = join(home, 'fetchmailrc');
        const lines = [
          `set pidfile "${join(home, 'pid')}"`,
          `set idfile "${join(home, 'ids')}"`,
          'set no bouncemail',
          `poll localhost protocol POP3 port ${ports[security]} uidl`,
          `  user "alice" password "${password}"`,
          security === 'tls' ? '  ssl' : '  sslproto "tls1.2+"',
          `  sslcertck sslcertfile "${certificate.caFile}"`,
          `  fetchall ${keep}`,
          `  mda "cat >> ${inbox}; echo =END= >> ${inbox}"`,
        ];
        writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
        const { code, stderr, stdout } = await run(
          'fetchmail',
          ['-f', file, '--nodetach', '--nosyslog'],
          home,
        );
        assert.equal(code, 0, stderr + stdout);
        return readFileSync(inbox, 'latin1');
      };
      const seen = await fetch('keep');
      const bodies = seen.split('=END=\n').slice(0, -1);
      assert.equal(bodies.length, 3);
      for (const [index, message] of messages.entries()) {
        const body = message.slice(message.indexOf('\r\n\r\n') + 4).replaceAll('\r\n', '\n');
        assert.ok(bodies[index]?.endsWith(`\n\n${body}`), `message ${index + 1}`);
      }
      assert.equal(uniqueIds().length, 3);
      await fetch('no keep');
      assert.deepEqual(uniqueIds(), []);
    });
  }
});
