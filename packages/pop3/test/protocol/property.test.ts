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
  parseCommand,
  ServerConnection,
  secret,
} from '../../src/protocol/index.ts';

const commands: readonly Command[] = [
  { keyword: 'CAPA' },
  { keyword: 'STAT' },
  { keyword: 'LIST' },
  { keyword: 'UIDL' },
  { keyword: 'RETR', messageNumber: 1 },
  { keyword: 'TOP', messageNumber: 1, lines: 0 },
];

/** A client in the TRANSACTION state with one command outstanding. */
function asking(command: Command): ClientConnection {
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
  connection.send(command);
  return connection;
}

/** Everything that a connection sees, content joined, and the error's code at the end. */
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
          content += Buffer.from(event.octets).toString('latin1');
          continue;
        }
        flush();
        seen.push(JSON.stringify({ ...event, command: undefined }));
        if (event.type === 'closed') return seen;
      }
    }
  } catch (error) {
    flush();
    assert.ok(isPop3Error(error), String(error));
    assert.match(error.code, /^ERR_POP3_(?:REMOTE_PROTOCOL|LIMIT|CONNECTION_CLOSED)$/);
    seen.push(error.code);
  }
  return seen;
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

suite('properties of the core', () => {
  test('any octets give events, or a protocol error, a limit, or the end: never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...commands), (octets, command) => {
        observe(asking(command), [octets]);
      }),
      { numRuns: 500 },
    );
  });

  test('the same octets give the same events, however they are cut', () => {
    fc.assert(
      fc.property(wire, cuts, fc.constantFrom(...commands), (octets, places, command) => {
        const whole = observe(asking(command), [octets]);
        assert.deepEqual(observe(asking(command), cutAt(octets, places)), whole);
        assert.deepEqual(
          observe(
            asking(command),
            Array.from(octets, (octet) => Uint8Array.of(octet)),
          ),
          whole,
        );
      }),
      { numRuns: 700 },
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
    const command: fc.Arbitrary<Command> = fc.oneof(
      fc.constantFrom(...commands),
      fc.record({ keyword: fc.constant('USER' as const), name: word }),
      fc.record({ keyword: fc.constant('DELE' as const), messageNumber: fc.integer({ min: 1 }) }),
      fc.record({
        keyword: fc.constant('TOP' as const),
        messageNumber: fc.integer({ min: 1 }),
        lines: fc.nat(),
      }),
      fc.record({ keyword: fc.constant('LANG' as const), tag: word }),
    );
    fc.assert(
      fc.property(command, (value) => {
        const line = Buffer.from(encodeCommand(value)).toString().slice(0, -2);
        assert.deepEqual({ ...parseCommand(line) }, { ...value });
      }),
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

  test('a server survives any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const server = new ServerConnection({ limits: { commandLineOctets: 50 } });
        server.greet('+OK', '');
        server.receiveData(octets);
        for (let count = 0; count < 500; count++) {
          const event = server.nextEvent();
          if (event === NEED_DATA || event === NEED_REPLY) return;
          if (event.type === 'command' || event.type === 'invalid-command') server.respond('-ERR', 'no');
        }
      }),
      { numRuns: 500 },
    );
  });
});
