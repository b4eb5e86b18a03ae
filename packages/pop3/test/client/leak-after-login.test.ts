import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import {
  type AuthenticateOptions,
  type MessageStream,
  Pop3Client,
  type TraceEntry,
} from '../../src/client/index.ts';
import { type Script, startScriptedServer } from '../../src/testing/index.ts';
import { piecesOfSecret } from '../support/secret-form.ts';

// A response code may end inside it.
const password = 'Sesame] "öpens" \\9';
const token = 'ya29.token-of-mine-9';
const pieces = [...piecesOfSecret(password), ...piecesOfSecret(token)];

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Every way in which a server may write a secret, one character an octet. */
function quotations(value: string): string[] {
  const encodings = [Buffer.from(value), latin1(value)];
  const written = encodings.flatMap((octets) => [
    octets.toString('latin1'),
    ...[0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift), octets]).toString('base64')),
    octets.toString('hex'),
    octets.toString('hex').toUpperCase(),
  ]);
  return [...new Set([...written, Buffer.from(JSON.stringify(value)).toString('latin1')])];
}

const passwords = quotations(password);
const quoted = [...passwords, ...quotations(token)];

interface Command {
  readonly name: string;
  /** A positive answer of the server. */
  readonly answer: string;
  /** Gives what a person may be told of the result: neither a listing's values nor a message's octets. */
  readonly run: (client: Pop3Client) => Promise<unknown>;
}

async function readAll(stream: MessageStream): Promise<undefined> {
  for await (const _ of stream);
}

const message = '+OK\r\nhello\r\n.\r\n';
const commands: readonly Command[] = [
  { name: 'NOOP', answer: '+OK\r\n', run: (client) => client.noop() },
  { name: 'STAT', answer: '+OK 1 9\r\n', run: (client) => client.stat() },
  { name: 'LIST', answer: '+OK\r\n.\r\n', run: async (client) => (await client.list()).malformed },
  { name: 'LIST 1', answer: '+OK 1 9\r\n', run: async (client) => void (await client.list(1)) },
  { name: 'UIDL', answer: '+OK\r\n.\r\n', run: async (client) => (await client.uidl()).malformed },
  { name: 'UIDL 1', answer: '+OK 1 a\r\n', run: async (client) => void (await client.uidl(1)) },
  { name: 'RETR 1', answer: message, run: (client) => readAll(client.retrieve(1)) },
  { name: 'RETR 1, whole', answer: message, run: async (client) => void (await client.retrieve(1).bytes()) },
  { name: 'RETR 1, into', answer: message, run: (client) => client.retrieveInto(1, { write: () => {} }) },
  { name: 'TOP 1 0', answer: message, run: (client) => readAll(client.top(1, 0)) },
  { name: 'DELE 1', answer: '+OK\r\n', run: (client) => client.dele(1) },
  { name: 'RSET', answer: '+OK\r\n', run: (client) => client.rset() },
  { name: 'CAPA', answer: '+OK\r\n.\r\n', run: async (client) => [...((await client.capa()) ?? [])] },
  { name: 'LANG', answer: '+OK\r\n.\r\n', run: (client) => client.lang() },
  { name: 'LANG *', answer: '+OK\r\n', run: (client) => client.lang('*') },
  { name: 'QUIT', answer: '+OK\r\n', run: (client) => client.quit() },
];

const isSingle = ({ answer }: Command): boolean => !answer.endsWith('.\r\n');

type Kind = readonly [name: string, answer: (quotation: string, command: Command) => string | undefined];

/** After these, the session goes on. */
const harmless: readonly Kind[] = [
  ['refuses', (q) => `-ERR ${q}\r\n`],
  ['refuses with [AUTH]', (q) => `-ERR [AUTH] wrong: ${q}, sorry\r\n`],
  ['refuses with [SYS/TEMP]', (q) => `-ERR [SYS/TEMP] ${q}\r\n`],
  ['makes a response code of it', (q) => (q.includes(' ') ? undefined : `-ERR [${q}] no\r\n`)],
  ['makes a response code of its beginning', (q) => `-ERR [${q}\r\n`],
  ['refuses, with much before the quotation', (q) => `-ERR ${'x'.repeat(290)} ${q}\r\n`],
  ['quotes it twice', (q) => `-ERR ${q} ${q}\r\n`],
  ['accepts', (q, { answer }) => answer.replace('+OK', `+OK ${q}`)],
  ['accepts, with a response code', (q, { answer }) => answer.replace('+OK', `+OK [X] ${q}`)],
  [
    'quotes it in lines',
    (q, command) =>
      isSingle(command) ? undefined : `+OK ${q}\r\n${q}\r\nx ${q}\r\n1 ${q} ${q}\r\nX-OWN a ${q}\r\n.\r\n`,
  ],
];

/** After these, it is over. */
const fatal: readonly Kind[] = [
  ['speaks nonsense', (q) => `what? ${q}\r\n`],
  ['says it, and nothing else', (q) => `${q}\r\n`],
  ['speaks much nonsense', (q) => `${'x'.repeat(145)} ${q}\r\n`],
  ['challenges', (q) => `+ ${q}\r\n`],
  ['goes on behind its answer', (q, { answer }) => `${answer}by the way: ${q}\r\n`],
  ['goes on behind its answer, and stops', (q, { answer }) => `${answer}${q.slice(0, (q.length * 2) / 3)}`],
  [
    'ends a line of a listing in a bare LF',
    (q, { answer }) => (answer === '+OK\r\n.\r\n' ? `+OK\r\n${q}\n.\r\n` : undefined),
  ],
  [
    'answers about another message',
    (q, { name }) => (/^(LIST|UIDL) 1/.test(name) ? `+OK 2 ${q}\r\n` : undefined),
  ],
  ['says too much', (q) => `-ERR ${q} ${'x'.repeat(9000)}`],
  ['closes in the middle', (q) => `-ERR ${q}`],
];

interface Login {
  readonly name: string;
  readonly capabilities: string;
  readonly logIn: (client: Pop3Client) => Promise<unknown>;
  /** What is quoted; by default all forms of the password and of the token. */
  readonly quoted?: readonly string[];
}

const challenge = Buffer.from('<1@example.org>').toString('base64');
const authenticate =
  (way: string, options: Partial<AuthenticateOptions> = {}) =>
  (client: Pop3Client) =>
    client.authenticate({
      user: 'ann',
      password,
      accessToken: token,
      mechanisms: [way],
      allowCleartextPassword: true,
      ...options,
    });

const everything = 'USER\r\nSASL PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER ANONYMOUS\r\nLANG\r\n';
const logins: readonly Login[] = [
  ...['PLAIN', 'LOGIN', 'CRAM-MD5', 'APOP', 'USER', 'XOAUTH2', 'OAUTHBEARER', 'ANONYMOUS'].map((way) => ({
    name: `authenticate by ${way}`,
    capabilities: everything,
    logIn: authenticate(way),
  })),
  {
    name: 'authenticate with a function for tokens, in ISO 8859-1',
    capabilities: everything,
    logIn: authenticate('XOAUTH2', { accessToken: async () => token, passwordEncoding: 'latin1' }),
  },
  {
    name: 'authenticate, after another login was refused',
    capabilities: everything,
    logIn: async (client) => {
      await assert.rejects(authenticate('PLAIN', { user: 'refused' })(client));
      await authenticate('CRAM-MD5', { password: 'another-one-9', accessToken: undefined })(client);
    },
  },
  {
    name: 'pass',
    capabilities: everything,
    quoted: passwords,
    logIn: async (client) => {
      await client.user('ann');
      await client.pass(password, { allowCleartextPassword: true });
    },
  },
  {
    name: 'apop',
    capabilities: everything,
    quoted: passwords,
    logIn: (client) => client.apop('ann', password),
  },
  {
    name: 'auth, then pass',
    capabilities: everything,
    logIn: async (client) => {
      const options = { user: 'refused', password, accessToken: token, allowCleartextPassword: true };
      await assert.rejects(client.auth('XOAUTH2', options));
      await client.user('ann');
      await client.pass(password, { allowCleartextPassword: true });
    },
  },
  {
    name: 'auth, then apop',
    capabilities: everything,
    logIn: async (client) => {
      const options = { user: 'refused', password, accessToken: token, allowCleartextPassword: true };
      await assert.rejects(client.auth('OAUTHBEARER', options));
      await client.apop('ann', password);
    },
  },
];

/** Lets any login but that of `refused` in, and then gives `answers` to whatever comes. */
function scriptOf({ capabilities }: Login, answers: (line: string) => string): Script {
  return async (peer) => {
    await peer.send('+OK ready <1.2@example.org>\r\n');
    let asked = 0;
    let within = '';
    for (;;) {
      const line = await peer.line().catch(() => undefined);
      if (line === undefined) return;
      if (asked < 0) {
        const octets = answers(line);
        await peer.send(latin1(octets));
        if (!octets.endsWith('\n')) return peer.close();
      } else if (line === 'CAPA') await peer.send(`+OK\r\n${capabilities}.\r\n`);
      else if (line === 'LANG de') {
        // The login is over.
        asked = -1;
        await peer.send('+OK\r\n');
      } else if (line.startsWith('USER')) await peer.send('+OK\r\n');
      else {
        const [keyword, mechanism = ''] = line.split(' ');
        if (keyword === 'AUTH') {
          within = mechanism;
          asked = 0;
        }
        const text = Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString('latin1');
        const questions = within === 'LOGIN' ? 2 : ['PLAIN', 'ANONYMOUS'].includes(within) ? 0 : 1;
        if (asked < questions && within !== '') {
          asked++;
          await peer.send(within === 'CRAM-MD5' ? `+ ${challenge}\r\n` : '+ \r\n');
        } else {
          await peer.send(text.includes('refused') ? '-ERR [AUTH] no\r\n' : '+OK\r\n');
          within = '';
        }
      }
    }
  };
}

/** What may be asked for between two logins. */
const other = 'another-password-9';
const allowed = { allowCleartextPassword: true };
const between: readonly Command[] = [
  { name: 'USER', answer: '+OK\r\n', run: (client) => client.user('bob') },
  { name: 'PASS', answer: '+OK\r\n', run: (client) => client.pass(other, allowed) },
  { name: 'APOP', answer: '+OK\r\n', run: (client) => client.apop('bob', other) },
  {
    name: 'AUTH',
    answer: '+OK\r\n',
    run: (client) => client.auth('PLAIN', { user: 'bob', password: other, ...allowed }),
  },
  {
    name: 'authenticate by USER',
    answer: '+OK\r\n',
    run: (client) => authenticate('USER', { password: other, accessToken: undefined })(client),
  },
  { name: 'STLS', answer: '-ERR no\r\n', run: (client) => client.stls() },
  { name: 'UTF8', answer: '+OK\r\n', run: (client) => client.utf8() },
  ...commands.filter(({ name }) => /^(CAPA|LANG|QUIT)/.test(name)),
];

/** Every text in which a secret could stand. */
function textsOf(value: unknown): string[] {
  const texts = [
    inspect(value, { depth: 10, showHidden: true, maxStringLength: null }),
    JSON.stringify(value) ?? '',
  ];
  if (value instanceof Error) {
    texts.push(
      value.message,
      value.stack ?? '',
      JSON.stringify(Object.entries(value)),
      ...textsOf(value.cause),
    );
  }
  return texts;
}

function search(what: string, values: readonly unknown[]): void {
  const text = values.flatMap(textsOf).join('\n');
  for (const piece of pieces) assert.ok(!text.includes(piece), `${what}: it holds ${piece}:\n${text}`);
}

/** Logs in and gives the client, what it traced, and how the next answers are set. */
async function withLogin(
  login: Login,
  use: (client: Pop3Client, trace: TraceEntry[], answer: (octets: string) => void) => Promise<void>,
): Promise<void> {
  let next = '';
  const server = await startScriptedServer(scriptOf(login, () => next));
  const trace: TraceEntry[] = [];
  const client = await Pop3Client.connect({
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    trace: (entry) => trace.push(entry),
    timeouts: { command: 1000, idle: 1000, quit: 1000 },
  });
  try {
    await login.logIn(client);
    await client.lang('de');
    await use(client, trace, (octets) => {
      next = octets;
    });
  } finally {
    client.destroy();
    await server.close();
  }
}

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

suite('a secret that a server quotes after the login shows up nowhere', () => {
  for (const [number, login] of logins.entries()) {
    test(`${login.name}: whatever it answers to whichever command`, async () => {
      const asked = commands.filter(({ name }) => name !== 'QUIT');
      await withLogin(login, async (client, trace, answer) => {
        for (const [kindNumber, [kind, octetsOf]] of harmless.entries()) {
          for (const [quotationNumber, quotation] of (login.quoted ?? quoted).entries()) {
            // Every command after one login is enough; after the others it is each in its turn.
            const first = (kindNumber + quotationNumber) % asked.length;
            for (const command of number === 0 ? asked : asked.slice(first, first + 1)) {
              const octets = octetsOf(quotation, command);
              if (octets === undefined) continue;
              answer(octets);
              const outcome = await caught(command.run(client));
              const capabilities = [...(client.capabilities ?? [])];
              search(`${kind}, ${command.name}, ${quotation}`, [
                outcome,
                trace.splice(0),
                client,
                capabilities,
              ]);
            }
          }
        }
        assert.equal(client.state, 'TRANSACTION');
      });
    });
  }

  const refused: Login = {
    name: 'a login that was refused',
    capabilities: everything,
    logIn: (client) => assert.rejects(authenticate('PLAIN', { user: 'refused' })(client)),
  };
  for (const [number, command] of between.entries()) {
    test(`${command.name}, after a login that was refused`, async () => {
      for (const [kindNumber, [kind, octetsOf]] of [...harmless, ...fatal].entries()) {
        const quotation = quoted[(number * 5 + kindNumber) % quoted.length] ?? '';
        const octets = octetsOf(quotation, command);
        if (octets === undefined) continue;
        await withLogin(refused, async (client, trace, answer) => {
          answer(octets);
          const outcome = await caught(command.run(client));
          const behind = await caught(client.lang('*'));
          const capabilities = [...(client.capabilities ?? [])];
          search(`${kind}, ${command.name}, ${quotation}`, [outcome, behind, trace, client, capabilities]);
        });
      }
    });
  }

  const [byPlain] = logins;
  assert.ok(byPlain);
  for (const [number, command] of commands.entries()) {
    test(`${command.name}, and the session is over`, async () => {
      const kinds = command.name === 'QUIT' ? [...harmless, ...fatal] : fatal;
      for (const [kind, octetsOf] of kinds) {
        // With sixteen commands, every form comes up with every kind of answer.
        for (const quotation of [quoted[number % quoted.length], quoted[(number + 13) % quoted.length]]) {
          const octets = octetsOf(quotation ?? '', command);
          if (octets === undefined) continue;
          await withLogin(byPlain, async (client, trace, answer) => {
            answer(octets);
            const outcome = caught(command.run(client));
            const behind = caught(client.noop());
            const outcomes = [await outcome, await behind, await caught(client.stat())];
            search(`${kind}, ${command.name}, ${quotation}`, [...outcomes, trace, client]);
          });
        }
      }
    });
  }
});
