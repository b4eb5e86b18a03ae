import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type AuthenticateOptions,
  type AuthenticationResult,
  isPop3Error,
  Pop3Client,
  type Pop3Error,
  secret,
} from '../../src/client/index.ts';
import { type Script, startScriptedServer } from '../../src/testing/index.ts';

const user = 'ann';
const password = 'Sesame-opens-9';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const plain = base64(`\0${user}\0${password}`);

/** Greets, says what it can do, and leaves every other line to `answer`. */
function offering(capabilities: string, answer: (line: string) => string, greeting = 'ready'): Script {
  return async (peer) => {
    await peer.send(`+OK ${greeting}\r\n`);
    await peer.answer((line) => (line === 'CAPA' ? `+OK\r\n${capabilities}.\r\n` : `${answer(line)}\r\n`));
  };
}

/** Logs in over a connection without TLS, where readable passwords are allowed, and gives what was sent, CAPA aside. */
async function logIn(script: Script, options: Partial<AuthenticateOptions> = {}) {
  const server = await startScriptedServer(script);
  try {
    const client = await Pop3Client.connect({ host: '127.0.0.1', port: server.port, security: 'none' });
    let result: AuthenticationResult | undefined;
    let error: Pop3Error | undefined;
    try {
      result = await client.authenticate({ user, password, allowCleartextPassword: true, ...options });
    } catch (reason) {
      if (!isPop3Error(reason)) throw reason;
      error = reason;
    }
    client.destroy();
    const sent = server.received.split('\r\n').filter((line) => line !== 'CAPA' && line !== '');
    return { result, error, sent, octets: server.received };
  } finally {
    await server.close();
  }
}

const commands = (lines: readonly string[]): string[] =>
  lines.map((line) => /^(?:AUTH \S+|[A-Z0-9]+)(?= |$)/.exec(line)?.[0] ?? '...');

suite('after a refusal', () => {
  const sasl = 'USER\r\nSASL SCRAM-SHA-256 CRAM-MD5 PLAIN\r\n';
  const challenge = `+ ${base64('<1@example.org>')}`;
  const rows: readonly (readonly [
    name: string,
    capabilities: string,
    answer: (line: string) => string,
    sent: readonly string[],
    code: string | undefined,
    transient?: boolean,
  ])[] = [
    [
      'the mechanism is unknown: the next one',
      sasl,
      (line) =>
        line.startsWith('AUTH SCRAM')
          ? '-ERR unknown mechanism'
          : line.startsWith('AUTH')
            ? challenge
            : '+OK',
      ['AUTH SCRAM-SHA-256', 'AUTH CRAM-MD5', '...'],
      undefined,
    ],
    [
      'of a message that holds no secret, without a code: the next one',
      sasl,
      (line) => (line.startsWith('AUTH SCRAM') ? '-ERR no' : line.startsWith('AUTH') ? challenge : '+OK'),
      ['AUTH SCRAM-SHA-256', 'AUTH CRAM-MD5', '...'],
      undefined,
    ],
    [
      '[AUTH], whatever was sent: a verdict',
      sasl,
      () => '-ERR [AUTH] no',
      ['AUTH SCRAM-SHA-256'],
      'ERR_POP3_AUTHENTICATION_REJECTED',
      false,
    ],
    [
      '[SYS/PERM]: a verdict',
      sasl,
      () => '-ERR [SYS/PERM] no',
      ['AUTH SCRAM-SHA-256'],
      'ERR_POP3_AUTHENTICATION_REJECTED',
      false,
    ],
    ...['IN-USE', 'LOGIN-DELAY', 'SYS/TEMP'].map(
      (code) =>
        [
          `[${code}]: later, and nothing else now`,
          sasl,
          () => `-ERR [${code}] not now`,
          ['AUTH SCRAM-SHA-256'],
          'ERR_POP3_AUTHENTICATION_REJECTED',
          true,
        ] as const,
    ),
    [
      'of a digest, without a code: a verdict',
      'SASL CRAM-MD5 PLAIN\r\n',
      (line) => (line.startsWith('AUTH') ? challenge : '-ERR no'),
      ['AUTH CRAM-MD5', '...'],
      'ERR_POP3_AUTHENTICATION_REJECTED',
      false,
    ],
    [
      'of a digest in words that mean the mechanism: the next one',
      'USER\r\nSASL CRAM-MD5\r\n',
      (line) =>
        line === 'AUTH CRAM-MD5'
          ? challenge
          : /^USER|^PASS/.test(line)
            ? '+OK'
            : '-ERR CRAM-MD5 is not supported',
      ['AUTH CRAM-MD5', '...', 'USER', 'PASS'],
      undefined,
    ],
    [
      'of PLAIN, without a code: a verdict, and USER is not tried',
      'USER\r\nSASL PLAIN\r\n',
      () => '-ERR no',
      ['AUTH PLAIN'],
      'ERR_POP3_AUTHENTICATION_REJECTED',
      false,
    ],
    [
      'of PASS, whatever it says: a verdict',
      'USER\r\nAUTH-RESP-CODE\r\n',
      (line) => (line.startsWith('USER') ? '+OK' : '-ERR unknown command'),
      ['USER', 'PASS'],
      'ERR_POP3_AUTHENTICATION_REJECTED',
      false,
    ],
    [
      'of USER: the password stays here',
      'USER\r\n',
      () => '-ERR no such user',
      ['USER'],
      'ERR_POP3_AUTHENTICATION_REJECTED',
      false,
    ],
  ];
  for (const [name, capabilities, answer, expected, code, transient] of rows) {
    test(name, async () => {
      const { error, sent } = await logIn(offering(capabilities, answer));
      assert.deepEqual(commands(sent), expected);
      assert.equal(error?.code, code, error?.message);
      if (transient !== undefined) assert.equal(error?.transient, transient);
    });
  }

  // It would be shown the password by weaker and weaker ways.
  const nonceOf = (message: string): string =>
    /r=(.*)$/.exec(Buffer.from(message, 'base64').toString())?.[1] ?? '';
  const forgetful: readonly (readonly [string, ...challenges: ((said: string) => string)[]])[] = [
    ['SCRAM-SHA-256', (said) => `+ ${base64(`r=${nonceOf(said)}ours,s=${base64('salt')},i=4096`)}`],
    ['CRAM-MD5', () => challenge],
    ['PLAIN'],
    ['LOGIN', () => '+ ', () => '+ '],
  ];
  for (const [strongest, ...challenges] of forgetful) {
    test(`of what ${strongest} made of the secret, without the [AUTH] that the server promises: a verdict`, async () => {
      const order = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN'];
      const offered = order.slice(order.indexOf(strongest)).join(' ');
      const { error, sent } = await logIn(async (peer) => {
        await peer.send('+OK ready\r\n');
        await peer.expect('CAPA');
        await peer.send(`+OK\r\nUSER\r\nAUTH-RESP-CODE\r\nSASL ${offered}\r\n.\r\n`);
        let said = (await peer.line()).split(' ').at(-1) ?? '';
        for (const ask of challenges) {
          await peer.send(`${ask(said)}\r\n`);
          said = await peer.line();
        }
        await peer.send('-ERR no\r\n');
        await peer.answer(() => '-ERR no\r\n');
      });
      assert.equal(error?.code, 'ERR_POP3_AUTHENTICATION_REJECTED', error?.message);
      const tried = commands(sent).filter((command) => command !== '...');
      assert.deepEqual(tried, [`AUTH ${strongest}`]);
      assert.equal(sent.length, 1 + challenges.length);
    });
  }

  test('a list that was named is never widened', async () => {
    const script = offering(sasl, () => '-ERR unknown mechanism');
    const { error, sent } = await logIn(script, { mechanisms: ['CRAM-MD5', 'SCRAM-SHA-256'] });
    assert.deepEqual(commands(sent), ['AUTH CRAM-MD5', 'AUTH SCRAM-SHA-256']);
    assert.equal(error?.code, 'ERR_POP3_AUTHENTICATION_REJECTED');
  });

  for (const [name, instead] of [
    ['DIGEST-MD5', /RFC 6331.*SCRAM-SHA-256/],
    ['NTLM', /OAUTHBEARER/],
  ] as const) {
    test(`${name}, offered and named, is not used, and the error says what is`, async () => {
      const script = offering(`SASL ${name}\r\n`, () => '+OK');
      const { error, sent } = await logIn(script, { mechanisms: [name.toLowerCase()] });
      assert.equal(error?.code, 'ERR_POP3_AUTHENTICATION_UNAVAILABLE');
      assert.match(error?.message ?? '', instead);
      assert.deepEqual(sent, []);
    });
  }
});

suite('the initial response', () => {
  const accept = offering('SASL PLAIN\r\n', (line) => (line === 'AUTH PLAIN' ? '+ ' : '+OK'));

  test('travels with AUTH', async () => {
    const { sent, result } = await logIn(accept);
    assert.deepEqual(sent, [`AUTH PLAIN ${plain}`]);
    assert.equal(result?.mechanism, 'PLAIN');
  });

  // A line has 255 octets with its CRLF (RFC 2449 section 4); base64 comes in steps of four.
  for (const [length, lines] of [
    [175, 1],
    [176, 2],
    [5000, 2],
  ] as const) {
    test(`with a password of ${length} octets: in ${lines === 1 ? 'the same line' : 'a line of its own'}`, async () => {
      const long = 'x'.repeat(length);
      const response = base64(`\0${user}\0${long}`);
      const { sent, result } = await logIn(accept, { password: long });
      assert.deepEqual(sent, lines === 1 ? [`AUTH PLAIN ${response}`] : ['AUTH PLAIN', response]);
      assert.equal(`AUTH PLAIN ${response}\r\n`.length <= 255, lines === 1);
      assert.equal(result?.mechanism, 'PLAIN');
    });
  }

  for (const [name, challenge] of [
    ['an empty challenge', '+ '],
    ['a challenge without its space', '+'],
    ['prose', '+ go ahead, please'],
  ] as const) {
    test(`is given in answer to ${name}, where the server passed over it`, async () => {
      const script = offering('SASL PLAIN\r\n', (line) => (line.startsWith('AUTH') ? challenge : '+OK'));
      const { sent, result } = await logIn(script);
      assert.deepEqual(sent, [`AUTH PLAIN ${plain}`, plain]);
      assert.equal(result?.mechanism, 'PLAIN');
    });
  }

  test('a server that never stops asking is left', async () => {
    const { sent, error } = await logIn(offering('SASL PLAIN\r\n', () => '+ '));
    assert.deepEqual(sent, [`AUTH PLAIN ${plain}`, plain, '*']);
    assert.equal(error?.code, 'ERR_POP3_SASL');
  });
});

suite('access tokens', () => {
  const expected = {
    XOAUTH2: base64(`user=${user}\x01auth=Bearer tok\x01\x01`),
    OAUTHBEARER: '',
  };
  const accepting = (name: string) =>
    offering(`SASL ${name}\r\n`, (line) => (line.startsWith('AUTH') ? '+ ' : '+OK'));

  for (const name of ['XOAUTH2', 'OAUTHBEARER'] as const) {
    test(`${name}: always in two lines, however short`, async () => {
      const { sent, result } = await logIn(accepting(name), { password: undefined, accessToken: 'tok' });
      assert.equal(sent[0], `AUTH ${name}`);
      assert.equal(sent.length, 2);
      if (expected[name] !== '') assert.equal(sent[1], expected[name]);
      assert.match(Buffer.from(sent[1] ?? '', 'base64').toString(), /\x01auth=Bearer tok\x01\x01$/);
      assert.equal(result?.mechanism, name);
    });

    const acknowledgement = name === 'XOAUTH2' ? '' : 'AQ==';
    const refusing = (status: string): Script => {
      let asked = 0;
      return async (peer) => {
        await peer.send('+OK ready\r\n');
        await peer.expect('CAPA');
        await peer.send(`+OK\r\nSASL ${name}\r\n.\r\n`);
        for (;;) {
          const line = await peer.line().catch(() => undefined);
          if (line === undefined) return;
          assert.equal(line, `AUTH ${name}`);
          await peer.send('+ \r\n');
          const message = Buffer.from(await peer.line(), 'base64').toString();
          if (message.includes('Bearer fresh\x01')) {
            await peer.send('+OK\r\n');
            return peer.answer(() => '+OK\r\n.\r\n');
          }
          asked++;
          await peer.send(
            `+ ${base64(JSON.stringify({ status, scope: 'mail.read', schemes: 'bearer' }))}\r\n`,
          );
          await peer.expect(acknowledgement);
          await peer.send(`-ERR [AUTH] token ${asked} refused\r\n`);
        }
      };
    };

    test(`${name}: a refusal's status and scope are told, and the challenge is answered`, async () => {
      const { error, sent } = await logIn(refusing('invalid_token'), {
        password: undefined,
        accessToken: 'stale-token-of-mine',
      });
      assert.equal(error?.code, 'ERR_POP3_AUTHENTICATION_REJECTED');
      assert.match(error.message, /token status: invalid_token/);
      assert.match(error.hint ?? '', /scope it needs is mail\.read/);
      assert.ok(error instanceof Error && 'tokenError' in error);
      assert.deepEqual(error.tokenError, { status: 'invalid_token', scope: 'mail.read', schemes: 'bearer' });
      assert.equal(sent.filter((line) => line.startsWith('AUTH')).length, 1);
      assert.doesNotMatch(`${error.message}${JSON.stringify(error)}`, /stale-token/);
    });

    test(`${name}: a function is called again once, and no more`, async () => {
      for (const [second, code] of [
        ['fresh', undefined],
        ['stale-again', 'ERR_POP3_AUTHENTICATION_REJECTED'],
      ] as const) {
        const asked: string[] = [];
        const { error } = await logIn(refusing('invalid_token'), {
          password: undefined,
          accessToken: async (why) => {
            asked.push(why);
            return why === 'first' ? 'stale' : second;
          },
        });
        assert.deepEqual(asked, ['first', 'expired']);
        assert.equal(error?.code, code);
      }
    });

    test(`${name}: the same token again is not sent again`, async () => {
      const asked: string[] = [];
      const { error, sent } = await logIn(refusing('invalid_token'), {
        password: undefined,
        accessToken: async (why) => {
          asked.push(why);
          return why === 'first' ? 'stale' : secret('stale');
        },
      });
      assert.deepEqual(asked, ['first', 'expired']);
      assert.equal(error?.code, 'ERR_POP3_AUTHENTICATION_REJECTED');
      assert.equal(sent.filter((line) => line.startsWith('AUTH')).length, 1);
    });

    test(`${name}: another scope is nothing that a fresh token could mend`, async () => {
      const asked: string[] = [];
      await logIn(refusing('insufficient_scope'), {
        password: undefined,
        accessToken: async (why) => {
          asked.push(why);
          return 'stale';
        },
      });
      assert.deepEqual(asked, ['first']);
    });
  }

  test('a function that fails: its own error, and nothing was sent', async () => {
    const failure = new Error('the token service is down');
    const server = await startScriptedServer(accepting('XOAUTH2'));
    try {
      const client = await Pop3Client.connect({ host: '127.0.0.1', port: server.port, security: 'none' });
      const accessToken = () => Promise.reject(failure);
      await assert.rejects(
        client.authenticate({ user, accessToken, allowCleartextPassword: true }),
        (error) => error === failure,
      );
      client.destroy();
      assert.equal(server.received, 'CAPA\r\n');
    } finally {
      await server.close();
    }
  });

  test('a function that never answers: waited for until the caller has enough, or the session is over', async () => {
    const server = await startScriptedServer(accepting('XOAUTH2'));
    const enough = new Error('enough');
    const isEnough = (error: unknown): boolean => error === enough;
    try {
      const client = await Pop3Client.connect({ host: '127.0.0.1', port: server.port, security: 'none' });
      const logIn = (signal?: AbortSignal): Promise<AuthenticationResult> =>
        client.authenticate({
          user,
          accessToken: () => new Promise(() => {}),
          allowCleartextPassword: true,
          signal,
        });
      await assert.rejects(logIn(AbortSignal.abort(enough)), isEnough);
      const later = new AbortController();
      const aborted = logIn(later.signal);
      later.abort(enough);
      await assert.rejects(aborted, isEnough);
      // Nothing was sent, so the session is as it was.
      assert.equal(client.state, 'AUTHORIZATION');
      const ended = logIn();
      client.destroy(enough);
      await assert.rejects(ended, isEnough);
      assert.equal(server.received, 'CAPA\r\n');
    } finally {
      await server.close();
    }
  });
});

suite('names and passwords that are not ASCII', () => {
  const octetsOf = (text: string, encoding: 'utf8' | 'latin1'): string =>
    Buffer.from(text, encoding).toString('latin1');

  test('UTF8 goes before the login where it is offered', async () => {
    const { sent } = await logIn(
      offering('UTF8 USER\r\nUSER\r\n', () => '+OK'),
      {
        user: 'änn',
        password: 'pässwörd',
      },
    );
    assert.deepEqual(sent, [
      'UTF8',
      `USER ${octetsOf('änn', 'utf8')}`,
      `PASS ${octetsOf('pässwörd', 'utf8')}`,
    ]);
  });

  test('not where it is not offered, or not wanted', async () => {
    for (const [capabilities, utf8] of [
      ['USER\r\n', undefined],
      ['UTF8\r\nUSER\r\n', false],
    ] as const) {
      const { sent } = await logIn(
        offering(capabilities, () => '+OK'),
        { password: 'pässwörd', utf8 },
      );
      assert.deepEqual(sent, [`USER ${user}`, `PASS ${octetsOf('pässwörd', 'utf8')}`]);
    }
  });

  test('a server that offers UTF8 and refuses it is logged in to all the same', async () => {
    const script = offering('UTF8\r\nUSER\r\n', (line) => (line === 'UTF8' ? '-ERR no' : '+OK'));
    const { sent, result } = await logIn(script);
    assert.equal(sent.length, 3);
    assert.equal(result?.mechanism, 'USER');
  });

  test('ISO 8859-1 for servers that predate it: PASS, PLAIN, CRAM-MD5 and APOP', async () => {
    const latin1 = { password: 'pässwörd', passwordEncoding: 'latin1' } as const;
    const pass = await logIn(
      offering('USER\r\n', () => '+OK'),
      latin1,
    );
    assert.equal(pass.sent[1], `PASS ${octetsOf('pässwörd', 'latin1')}`);
    const sasl = await logIn(
      offering('SASL PLAIN\r\n', () => '+OK'),
      latin1,
    );
    const [, , response = ''] = sasl.sent[0]?.split(' ') ?? [];
    assert.equal(Buffer.from(response, 'base64').toString('latin1'), `\0${user}\0pässwörd`);
    const { createHash } = await import('node:crypto');
    const stamp = '<1.2@example.org>';
    const apop = await logIn(
      offering('', () => '+OK', `ready ${stamp}`),
      { ...latin1, mechanisms: ['APOP'] },
    );
    const digest = createHash('md5')
      .update(Buffer.from(`${stamp}pässwörd`, 'latin1'))
      .digest('hex');
    assert.deepEqual(apop.sent, [`APOP ${user} ${digest}`]);
  });

  test('what ISO 8859-1 cannot express is refused before it is sent', async () => {
    const { error, sent } = await logIn(
      offering('USER\r\n', () => '+OK'),
      {
        password: 'pass€',
        passwordEncoding: 'latin1',
      },
    );
    assert.equal(error?.code, 'ERR_POP3_LOCAL_PROTOCOL');
    assert.ok(sent.every((line) => !line.startsWith('PASS')));
  });

  for (const bad of ['a\r\nDELE', 'a\nb', 'a\0b']) {
    test(`a line end or NUL in name or password is refused: ${JSON.stringify(bad)}`, async () => {
      for (const mechanisms of [['USER'], ['PLAIN'], ['LOGIN'], ['CRAM-MD5'], ['APOP'], ['SCRAM-SHA-256']]) {
        for (const given of [{ password: bad }, { user: bad }]) {
          const script = offering(
            'USER\r\nSASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256\r\n',
            (line) => (line.startsWith('AUTH') ? '+ PDFAYj4=' : '+OK'),
            'ready <1@b>',
          );
          const { error, octets } = await logIn(script, { ...given, mechanisms });
          assert.equal(error?.code, 'ERR_POP3_LOCAL_PROTOCOL', String(error));
          assert.doesNotMatch(octets, /DELE|\0|PASS/);
        }
      }
    });
  }
});

suite('a name that APOP cannot carry', () => {
  test('goes by another way, and the plan says why', async () => {
    const script = offering('USER\r\n', () => '+OK', 'ready <1@example.org>');
    const { sent, result } = await logIn(script, { user: 'ann smith' });
    assert.deepEqual(sent, ['USER ann smith', `PASS ${password}`]);
    assert.deepEqual(
      result?.plan.left.map(({ name, cause }) => [name, cause]),
      [['APOP', 'unusable-credential']],
    );
  });
});

suite('an identity to act as', () => {
  const everything = 'USER\r\nSASL LOGIN CRAM-MD5 PLAIN XOAUTH2 OAUTHBEARER\r\n';

  test('goes by a way that carries it, and by no other', async () => {
    const script = offering(
      everything,
      (line) => (line.startsWith('AUTH PLAIN') ? '+OK' : '-ERR no'),
      'ready <1@b>',
    );
    const { sent, result } = await logIn(script, { authorizationId: 'boss' });
    assert.deepEqual(sent, [`AUTH PLAIN ${base64(`boss\0${user}\0${password}`)}`]);
    const unusable = result?.plan.left.filter(({ cause }) => cause === 'unusable-credential');
    assert.deepEqual(
      unusable?.map(({ name }) => name),
      ['CRAM-MD5', 'APOP', 'LOGIN', 'USER'],
    );
  });

  test('where no way carries it, nobody is logged in: it would be to the maildrop of somebody else', async () => {
    const script = offering('USER\r\nSASL LOGIN CRAM-MD5\r\n', () => '+OK', 'ready <1@example.org>');
    for (const mechanisms of [undefined, ['USER'], ['LOGIN', 'CRAM-MD5', 'APOP']]) {
      const { sent, error } = await logIn(script, { authorizationId: 'boss', mechanisms });
      assert.deepEqual(sent, []);
      assert.equal(error?.code, 'ERR_POP3_AUTHENTICATION_UNAVAILABLE');
      assert.match(error.message, /cannot carry the identity to act as/);
    }
  });
});
