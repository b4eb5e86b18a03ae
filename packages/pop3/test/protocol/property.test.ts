import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  ClientConnection,
  type Command,
  encodeCommand,
  isPop3Error,
  NEED_DATA,
  NEED_REPLY,
  type Pop3Error,
  parseCommand,
  RemoteProtocolError,
  Secret,
  ServerConnection,
  secret,
} from '../../src/protocol/index.ts';

const commands: readonly Command[] = [
  { keyword: 'NOOP' },
  { keyword: 'UIDL', messageNumber: 1 },
  { keyword: 'CAPA' },
  { keyword: 'STAT' },
  { keyword: 'LIST' },
  { keyword: 'UIDL' },
  { keyword: 'RETR', messageNumber: 1 },
  { keyword: 'TOP', messageNumber: 1, lines: 0 },
];

/** A client in the TRANSACTION state with these commands outstanding. */
function asking(...outstanding: readonly Command[]): ClientConnection {
  const connection = new ClientConnection({
    limits: { listingLines: 50, statusLineOctets: 200, listingLineOctets: 200 },
  });
  for (const [send, answer] of [
    [undefined, '+OK\r\n'],
    [{ keyword: 'USER', name: 'a' }, '+OK\r\n'],
    [{ keyword: 'PASS', password: secret('b') }, '+OK\r\n'],
  ] as const) {
    if (send !== undefined) connection.send(send);
    connection.receiveData(Buffer.from(answer));
    while (connection.nextEvent() !== NEED_DATA);
  }
  for (const command of outstanding) connection.send(command);
  return connection;
}

/** Everything that a connection sees, content joined, and what the error says at the end. */
function observe(connection: ClientConnection, pieces: readonly Uint8Array[]): string[] {
  const seen: string[] = [];
  let content = '';
  const flush = (): void => {
    if (content !== '') seen.push(`content ${content}`);
    content = '';
  };
  try {
    for (const piece of [...pieces, null]) {
      connection.receiveData(piece);
      for (;;) {
        const event = connection.nextEvent();
        if (event === NEED_DATA) break;
        if (event.type === 'content') {
          assert.notEqual(event.octets.length, 0);
          content += Buffer.from(event.octets).toString('latin1');
          continue;
        }
        flush();
        const keyword = 'command' in event ? event.command.keyword : undefined;
        seen.push(JSON.stringify({ ...event, command: keyword }));
        if (event.type === 'closed') return seen;
      }
    }
  } catch (error) {
    flush();
    assert.ok(isPop3Error(error), String(error));
    seen.push(describe(error));
    // Once broken, always broken, in the same way.
    assert.throws(() => connection.nextEvent(), error);
    assert.throws(() => connection.send({ keyword: 'NOOP' }), error);
  }
  return seen;
}

function describe(error: Pop3Error): string {
  const { code, command } = error;
  if (error instanceof RemoteProtocolError) {
    const { rule, offset, message } = error;
    // Of octets that nobody asked for, the first piece is shown.
    return JSON.stringify([code, rule, offset, command, rule === 'unsolicited-octets' ? '' : message]);
  }
  assert.match(code, /^ERR_POP3_(?:LIMIT|CONNECTION_CLOSED)$/);
  return JSON.stringify([code, error.message, command]);
}

// Octets that look like POP3 now and then.
const wire = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '+OK',
        '-ERR',
        '\r\n',
        '\r\n',
        '.',
        '\r\n.\r\n',
        '\n',
        '\r',
        ' ',
        '1 2',
        '\0',
        '+ ',
        '[IN-USE]',
        '..',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

const cuts = fc.array(fc.nat({ max: 300 }), { maxLength: 20 });

function cutAt(octets: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...[...places].sort((a, b) => a - b), octets.length];
  return sorted.slice(1).map((end, index) => octets.subarray(sorted[index], end));
}

const octetByOctet = (octets: Uint8Array): Uint8Array[] =>
  Array.from(octets, (octet) => Uint8Array.of(octet));

suite('properties of the core', () => {
  test('any octets give events, or a protocol error, a limit, or the end: never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...commands), (octets, command) => {
        observe(asking(command), [octets]);
      }),
      { numRuns: 500 },
    );
  });

  test('the same octets give the same events and errors, however they are cut', () => {
    const outstanding = fc.array(fc.constantFrom(...commands), { maxLength: 6 });
    fc.assert(
      fc.property(wire, cuts, outstanding, (octets, places, asked) => {
        const whole = observe(asking(...asked), [octets]);
        assert.deepEqual(observe(asking(...asked), cutAt(octets, places)), whole);
        assert.deepEqual(observe(asking(...asked), octetByOctet(octets)), whole);
      }),
      { numRuns: 1500 },
    );
  });

  test('the same first octets give the same greeting or error, however they are cut', () => {
    const first = fc
      .tuple(
        fc.constantFrom(
          '',
          '+OK',
          '+ok',
          '-ERR ',
          '220 ',
          '220 ftp',
          '* OK',
          'HTTP/1',
          '\x15',
          '\x16\x03',
          '\n',
          '\r\n',
        ),
        wire,
      )
      .map(([head, rest]) => Buffer.concat([Buffer.from(head, 'latin1'), rest]));
    fc.assert(
      fc.property(first, cuts, (octets, places) => {
        const whole = observe(new ClientConnection(), [octets]);
        assert.deepEqual(observe(new ClientConnection(), cutAt(octets, places)), whole);
        assert.deepEqual(observe(new ClientConnection(), octetByOctet(octets)), whole);
      }),
      { numRuns: 1000 },
    );
  });

  test('an exchange of challenges is the same, however it is cut', () => {
    const lines = fc.array(fc.constantFrom('+ ', '+ eA==', '+', '+OK', '-ERR no', '', '+ not base64', 'x'), {
      maxLength: 6,
    });
    const run = (texts: readonly string[], size: number): string[] => {
      const connection = new ClientConnection();
      const seen: string[] = [];
      const feed = (text: string): void => {
        for (let at = 0; at < text.length; at += size) {
          connection.receiveData(Buffer.from(text.slice(at, at + size)));
          for (let event = connection.nextEvent(); event !== NEED_DATA; event = connection.nextEvent()) {
            seen.push(JSON.stringify(event));
            if (event.type === 'challenge') connection.sendAuthenticationResponse(secret('eA=='));
          }
        }
      };
      try {
        feed('+OK\r\n');
        connection.send({ keyword: 'AUTH', mechanism: 'X' });
        for (const text of texts) feed(`${text}\r\n`);
      } catch (error) {
        assert.ok(isPop3Error(error), String(error));
        seen.push(describe(error));
      }
      return seen;
    };
    fc.assert(
      fc.property(lines, fc.integer({ min: 2, max: 9 }), (texts, size) => {
        const whole = run(texts, 1000);
        assert.deepEqual(run(texts, 1), whole);
        assert.deepEqual(run(texts, size), whole);
      }),
    );
  });

  test('what the server writes, the client reads: any content, any pieces, any cuts', () => {
    const content = fc
      .array(
        fc.oneof(
          fc.constantFrom('.', '..', '\r\n', '\r\n.', '\n', '\r', '\0', 'x'),
          fc.string({ maxLength: 4 }),
        ),
        { maxLength: 60 },
      )
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    fc.assert(
      fc.property(content, cuts, cuts, (octets, pieces, places) => {
        const server = new ServerConnection();
        const written: Uint8Array[] = [server.greet('+OK', '')];
        for (const line of ['USER a', 'PASS b', 'RETR 1']) {
          server.receiveData(Buffer.from(`${line}\r\n`));
          assert.notEqual(server.nextEvent(), NEED_REPLY);
          written.push(server.respond('+OK', ''));
        }
        const stuffed: Uint8Array[] = [];
        for (const piece of cutAt(octets, pieces)) stuffed.push(...server.content(piece));
        stuffed.push(server.end());
        const seen = observe(
          asking({ keyword: 'RETR', messageNumber: 1 }),
          cutAt(Buffer.concat([Buffer.from('+OK\r\n'), ...stuffed]), places),
        );
        // Content is a sequence of lines: one that does not end in CRLF gets it.
        const text = octets.toString('latin1');
        const expected = text.endsWith('\r\n') || text === '' ? text : `${text}\r\n`;
        assert.equal(seen.find((line) => line.startsWith('content '))?.slice(8) ?? '', expected);
        assert.ok(seen.some((line) => line.includes('"end"')));
      }),
      { numRuns: 700 },
    );
  });

  test('what we encode, we parse', () => {
    const word = fc.stringMatching(/^[!-~]{1,30}$/);
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((one) => one.replace(/[\0\r\n]/g, ''));
    const messageNumber = fc.integer({ min: 1 });
    const make = <Keyword extends Command['keyword'], Rest>(keyword: Keyword, rest: Rest) => ({
      keyword,
      ...rest,
    });
    const command: fc.Arbitrary<Command> = fc.oneof(
      fc.constantFrom('CAPA', 'STLS', 'UTF8', 'STAT', 'NOOP', 'RSET', 'QUIT').map((one) => make(one, {})),
      fc.constantFrom('LIST', 'UIDL', 'LANG').map((one) => make(one, {})),
      fc
        .tuple(fc.constantFrom('LIST', 'UIDL', 'RETR', 'DELE'), messageNumber)
        .map(([one, number]) => make(one, { messageNumber: number })),
      fc
        .tuple(messageNumber, fc.nat())
        .map(([number, lines]) => make('TOP', { messageNumber: number, lines })),
      word.map((tag) => make('LANG', { tag })),
      text.filter((name) => name.trim() === name && name !== '').map((name) => make('USER', { name })),
      text.map((password) => make('PASS', { password: secret(password) })),
      fc.tuple(word, word).map(([name, digest]) => make('APOP', { name, digest: secret(digest) })),
      word.map((mechanism) => make('AUTH', { mechanism: mechanism.toUpperCase() })),
      fc
        .tuple(word, fc.base64String({ minLength: 4, maxLength: 40 }))
        .map(([mechanism, response]) =>
          make('AUTH', { mechanism: mechanism.toUpperCase(), initialResponse: secret(response) }),
        ),
    );
    fc.assert(
      fc.property(command, (value) => {
        const line = Buffer.from(encodeCommand(value)).toString().slice(0, -2);
        assert.deepEqual(revealed(parseCommand(line)), revealed(value));
      }),
      { numRuns: 500 },
    );
  });

  test('CR, LF and NUL never get into a command', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('\r', '\n', '\0', '\r\n'),
        fc.string(),
        (before, octet, after) => {
          const text = before + octet + after;
          for (const value of [
            { keyword: 'USER', name: text },
            { keyword: 'PASS', password: secret(text) },
            { keyword: 'LANG', tag: text },
          ] as const) {
            assert.throws(
              () => encodeCommand(value),
              (error) => isPop3Error(error) && error.code === 'ERR_POP3_LOCAL_PROTOCOL',
            );
          }
        },
      ),
    );
  });

  test('a server survives any octets, and reads the same commands however they are cut', () => {
    const lines = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'STAT',
            'USER a',
            'PASS b',
            'QUIT',
            'STLS',
            '\r\n',
            '\r\n',
            '\n',
            '\r',
            '\0',
            ' ',
            'x'.repeat(60),
          ),
          fc.string({ maxLength: 5 }),
        ),
        { maxLength: 60 },
      )
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), lines), cuts, (octets, places) => {
        const whole = serve([octets]);
        assert.deepEqual(serve(cutAt(octets, places)), whole);
        assert.deepEqual(serve(octetByOctet(octets)), whole);
      }),
      { numRuns: 1000 },
    );
  });
});

/** What a server reads, when it refuses everything. */
function serve(pieces: readonly Uint8Array[]): string[] {
  const server = new ServerConnection({ limits: { commandLineOctets: 50 } });
  server.greet('+OK', '');
  const seen: string[] = [];
  try {
    for (const piece of [...pieces, null]) {
      server.receiveData(piece);
      for (;;) {
        const event = server.nextEvent();
        if (event === NEED_DATA) break;
        assert.notEqual(event, NEED_REPLY);
        if (typeof event === 'symbol') break;
        seen.push(JSON.stringify(event));
        if (event.type === 'closed') return seen;
        if (event.type === 'command' || event.type === 'invalid-command') server.respond('-ERR', 'no');
      }
    }
  } catch (error) {
    assert.ok(isPop3Error(error), String(error));
    seen.push(error.code);
  }
  return seen;
}

function revealed(value: object): object {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.map(([name, field]) => [name, field instanceof Secret ? field.reveal() : field]),
  );
}
