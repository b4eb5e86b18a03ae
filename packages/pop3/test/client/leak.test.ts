import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { inspect } from 'node:util';
import {
  type AuthenticateOptions,
  type ConnectOptions,
  Pop3Client,
  secret,
  type TraceEntry,
} from '../../src/client/index.ts';
import { mechanisms } from '../../src/sasl/index.ts';
import { MemoryMaildrop, Pop3Server, type ServerLogEntry } from '../../src/server/index.ts';
import { type Script, startScriptedServer } from '../../src/testing/index.ts';
import { makeAuthority, type TestAuthority, type TestCertificate } from '../support/authority.ts';
import { formsOfSecret as forms } from '../support/secret-form.ts';

// With what JSON, traces and ISO 8859-1 each write in their own way.
const password = 'Sesame "öpens" \\9';
const token = 'ya29.token-of-mine-9';

const names = [...mechanisms.keys()];
/** `undefined`: the plan decides. */
const ways = [...names, 'APOP', 'USER', undefined];
const readable = new Set<string | undefined>(['PLAIN', 'LOGIN', 'OAUTHBEARER', 'XOAUTH2', 'USER', undefined]);

const encode = (text: string, encoding: 'base64' | 'hex'): string =>
  Buffer.from(text, 'latin1').toString(encoding);
const decode = (line: string): string =>
  Buffer.from(line.split(' ').at(-1) ?? '', 'base64')
    .toString('latin1')
    .replace(/[\0\x01\r\n]/g, ' ');

/** What a server may answer to whatever looks like a login. */
const endings: readonly (readonly [name: string, answer: (line: string) => string | undefined])[] = [
  ['accepts everything', () => '+OK\r\n'],
  ['accepts everything, and quotes it', (line) => `+OK welcome, ${line}\r\n`],
  ['refuses everything', () => '-ERR no\r\n'],
  ['refuses with [AUTH], and quotes what it got', (line) => `-ERR [AUTH] wrong: ${line}\r\n`],
  ['refuses, and quotes it decoded', (line) => `-ERR wrong: ${decode(line)}\r\n`],
  ['refuses, and quotes it in base64', (line) => `-ERR [AUTH] ${encode(line, 'base64')}\r\n`],
  ['refuses, and quotes it in hexadecimal', (line) => `-ERR [AUTH] ${encode(line, 'hex')}\r\n`],
  ['refuses, and makes a response code of it', (line) => `-ERR [${line}] no\r\n`],
  [
    'refuses, and makes a response code of a part',
    (line) => `-ERR [${decode(line).trim().split(' ').at(-1)}] no\r\n`,
  ],
  ['refuses, with much before its quotation', (line) => `-ERR ${'x'.repeat(485)} ${line}\r\n`],
  ['refuses for the moment', () => '-ERR [SYS/TEMP] later\r\n'],
  ['does not know the mechanism', () => '-ERR unknown mechanism\r\n'],
  ['sends empty challenges', () => '+ \r\n'],
  ['sends challenges that are not base64', (line) => `+ go ahead, ${line}!\r\n`],
  ['sends its challenge back', (line) => `+ ${encode(line, 'base64')}\r\n`],
  ['sends back what it decoded', (line) => `+ ${encode(decode(line), 'base64')}\r\n`],
  ['sends SCRAM nonsense', () => `+ ${encode('r=x,s=QUJD,i=4096', 'base64')}\r\n`],
  ['sends a CRAM challenge', () => `+ ${encode('<1@example.org>', 'base64')}\r\n`],
  [
    'makes a token error of it',
    (line) => `+ ${encode(JSON.stringify({ status: decode(line), scope: line }), 'base64')}\r\n`,
  ],
  ['speaks nonsense, with a quotation', (line) => `what? ${line}\r\n`],
  ['quotes behind its answer', (line) => `-ERR no\r\nby the way: ${line}\r\n`],
  ['ends its quotation in a bare LF', (line) => `-ERR no ${line}\n`],
  ['closes', () => undefined],
];

interface Circumstances {
  readonly name: string;
  readonly security: 'tls' | 'none';
  readonly options: Partial<AuthenticateOptions>;
}

const circumstances: readonly Circumstances[] = [
  { name: 'no TLS', security: 'none', options: {} },
  {
    name: 'no TLS, ISO 8859-1, no UTF8, acting as another, wrapped',
    security: 'none',
    options: {
      passwordEncoding: 'latin1',
      utf8: false,
      authorizationId: 'boss',
      password: secret(password),
      accessToken: secret(token),
    },
  },
  { name: 'no TLS, readable allowed', security: 'none', options: { allowCleartextPassword: true } },
  { name: 'TLS', security: 'tls', options: {} },
  {
    name: 'TLS, ISO 8859-1, a function for tokens',
    security: 'tls',
    options: { passwordEncoding: 'latin1', accessToken: async () => token },
  },
];

let authority: TestAuthority;
let certificate: TestCertificate;
before(async () => {
  authority = await makeAuthority();
  certificate = await authority.issue();
});

/** Every place where the secret of a login could show up. */
async function places(
  script: Script,
  way: string | undefined,
  { security, options }: Circumstances,
): Promise<readonly (readonly [name: string, text: string])[]> {
  const server = await startScriptedServer(script);
  const trace: TraceEntry[] = [];
  const connect: ConnectOptions = {
    host: '127.0.0.1',
    port: server.port,
    security,
    tls: { ca: authority.cert },
    trace: (entry) => trace.push(entry),
    timeouts: { command: 200, pass: 200, idle: 200, greeting: 2000 },
  };
  let outcome: unknown;
  let later: unknown;
  let client: Pop3Client | undefined;
  try {
    client = await Pop3Client.connect(connect);
    outcome = await client
      .authenticate({
        user: 'ann',
        password,
        accessToken: token,
        mechanisms: way === undefined ? undefined : [way],
        ...options,
      })
      .catch((error: unknown) => error);
    // A session that was ended gives its error again.
    later = await client.stat().catch((error: unknown) => error);
  } finally {
    client?.destroy();
    await server.close();
  }
  const told = [outcome, later].flatMap((value): [string, string][] => [
    ['inspect', inspect(value, { depth: 10, showHidden: true })],
    ['json', JSON.stringify(value) ?? ''],
    ['message', value instanceof Error ? `${value.message} ${value.stack} ${String(value.cause)}` : ''],
    ['members', value instanceof Error ? JSON.stringify(Object.entries(value)) : ''],
  ]);
  return [
    // What TLS protects may cross the wire.
    ['wire', security === 'none' ? server.received : ''],
    ['trace', trace.map(({ text }) => text).join('\n')],
    ['client', inspect(client, { depth: 10, showHidden: true })],
    ...told,
  ];
}

suite('no secret leaves readable, or shows up anywhere, unless that was allowed', () => {
  const capabilities = `+OK\r\nUSER\r\nUTF8\r\nSASL ${names.join(' ')}\r\n.\r\n`;
  for (const circumstance of circumstances) {
    const { security, options } = circumstance;
    for (const [name, answer] of endings) {
      test(`${circumstance.name}: a server that ${name}`, async () => {
        const script: Script = async (peer) => {
          if (security === 'tls') await peer.startTls(certificate);
          await peer.send('+OK ready <1.2@example.org>\r\n');
          await peer.answer((line) => {
            if (line === 'CAPA') return capabilities;
            if (line === 'UTF8' || line === 'STAT') return '+OK\r\n';
            return line.startsWith('USER') ? '+OK\r\n' : answer(line);
          });
        };
        await Promise.all(
          ways.map(async (way) => {
            for (const [place, text] of await places(script, way, circumstance)) {
              const allowed = options.allowCleartextPassword === true && readable.has(way);
              if (place === 'wire' && allowed) continue;
              for (const form of [...forms(password), ...forms(token)]) {
                assert.ok(!text.includes(form), `${way ?? 'the plan'}: ${place} holds ${form}:\n${text}`);
              }
            }
          }),
        );
      });
    }
  }

  test('where it was allowed, the password really goes out', async () => {
    for (const way of ['USER', 'PLAIN', 'LOGIN']) {
      const server = await startScriptedServer(async (peer) => {
        await peer.send('+OK ready\r\n');
        await peer.answer((line) => {
          if (line === 'CAPA') return '+OK\r\nUSER\r\nSASL PLAIN LOGIN\r\n.\r\n';
          if (line === 'AUTH LOGIN' || line === encode('ann', 'base64')) return '+ \r\n';
          return '+OK\r\n';
        });
      });
      try {
        const client = await Pop3Client.connect({ host: '127.0.0.1', port: server.port, security: 'none' });
        const options = { user: 'ann', password, mechanisms: [way], allowCleartextPassword: true };
        await client.authenticate(options);
        client.destroy();
        const octets = Buffer.from(password).toString('latin1');
        const seen = forms(password).some((form) => server.received.includes(form));
        assert.ok(seen || server.received.includes(octets), way);
      } finally {
        await server.close();
      }
    }
  });
});

suite('a secret so short that it may be a word', () => {
  for (const [said, shown] of [
    ['wrong: pass, sorry', "[the server's words are left out: they hold the secret]"],
    ['wrong password', 'wrong password'],
    ['no', 'no'],
  ] as const) {
    test(`the server says "${said}"`, async () => {
      const server = await startScriptedServer(async (peer) => {
        await peer.send('+OK ready\r\n');
        await peer.answer((line) => (line.startsWith('PASS') ? `-ERR ${said}\r\n` : '+OK\r\n'));
      });
      try {
        const client = await Pop3Client.connect({
          host: '127.0.0.1',
          port: server.port,
          security: 'none',
          capabilities: false,
        });
        await client.user('ann');
        await assert.rejects(client.pass('pass', { allowCleartextPassword: true }), { text: shown });
        client.destroy();
      } finally {
        await server.close();
      }
    });
  }
});

suite('the server', () => {
  test('logs no secret, whatever it is shown, right or wrong', async () => {
    const entries: ServerLogEntry[] = [];
    const server = new Pop3Server({
      users: {
        password: (user) => (user === 'ann' ? password : undefined),
        checkToken: (_, given) => given === token,
      },
      maildrop: () => new MemoryMaildrop([]),
      tls: certificate,
      allowCleartextPassword: true,
      failureDelay: 0,
      log: (entry) => entries.push(entry),
    });
    try {
      const { port } = await server.listen({ security: 'tls' });
      for (const user of ['ann', 'bob']) {
        for (const way of ways.filter((one) => one !== 'EXTERNAL' && one !== 'ANONYMOUS')) {
          const client = await Pop3Client.connect({ host: 'localhost', port, tls: { ca: authority.cert } });
          const options = { user, password, accessToken: token, ...(way && { mechanisms: [way] }) };
          await client.authenticate(options).then(
            () => client.quit(),
            () => client.destroy(),
          );
        }
      }
    } finally {
      await server.close();
    }
    assert.ok(entries.some(({ event }) => event === 'login'));
    assert.ok(entries.some(({ event }) => event === 'login-failed'));
    const text = inspect(entries, { depth: 10, showHidden: true, maxArrayLength: null });
    for (const form of [...forms(password), ...forms(token)]) assert.ok(!text.includes(form), form);
  });
});
