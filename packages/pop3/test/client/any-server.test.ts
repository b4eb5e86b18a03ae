import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPop3Error, Pop3Client } from '../../src/client/index.ts';

const right: readonly (readonly [line: RegExp, answer: string])[] = [
  [/^CAPA/, '+OK\r\nPIPELINING\r\nUSER\r\n.\r\n'],
  [/^STAT/, '+OK 2 30\r\n'],
  [/^(LIST|UIDL) \d/, '+OK 1 10\r\n'],
  [/^LIST/, '+OK\r\n1 10\r\n2 20\r\n.\r\n'],
  [/^(RETR|TOP)/, '+OK\r\nSubject: x\r\n\r\n.\r\n'],
  [/^/, '+OK\r\n'],
];

/** Answers each line with the next of these, or with the right one where that is undefined; then it closes. */
function speak(answers: readonly (string | undefined)[]): () => Promise<Duplex> {
  return async () => {
    const [mine, peer] = duplexPair();
    const left = [...answers];
    peer.on('error', () => {}).on('end', () => peer.end());
    peer.on('data', (data) => {
      for (const line of String(data).split('\r\n').slice(0, -1)) {
        if (left.length === 0) return peer.end();
        const answer = left.shift() ?? right.find(([pattern]) => pattern.test(line))?.[1] ?? '';
        peer.write(Buffer.from(answer.replace('{line}', line), 'latin1'));
      }
      return undefined;
    });
    peer.write('+OK\r\n');
    return mine;
  };
}

/** What a promise came to: never another error than the package's own, and nothing raw or secret in its message. */
async function settled(promise: Promise<unknown>): Promise<'value' | 'error'> {
  try {
    await promise;
    return 'value';
  } catch (error) {
    assert.ok(isPop3Error(error), String(error));
    assert.doesNotMatch(error.message, /[\x00-\x1f\x7f-\x9f]|hunter2/);
    return 'error';
  }
}

const answer = fc.oneof(
  { weight: 20, arbitrary: fc.constant(undefined) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '+OK\r\n',
      '-ERR [SYS/TEMP] no\r\n',
      '-ERR you said {line}\x1b[2J\r\n',
      '+OK\r\n.\r\n',
      '+OK\r\nPIPELINING\r\nUSER\r\nSASL PLAIN LOGIN CRAM-MD5\r\n.\r\n',
      '+ eA==\r\n',
      '+ \r\n',
      '\r\n+OK\r\n',
      '+OK\n',
      '+OK\r\n+OK\r\n',
      '+OK\r\nhalf',
      '{line}\r\n',
      '',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 30 }).map((octets) => Buffer.from(octets).toString('latin1')),
  },
);

test('whatever a server says, every call ends with a value or an error of our own, and no error holds the password', async () => {
  const seen = { value: 0, error: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 4, maxLength: 14 }), async (answers) => {
      // Half an answer is silence.
      const timeouts = { greeting: 20, command: 20, pass: 20, idle: 20, quit: 20 };
      const connecting = Pop3Client.connect({
        host: 'h.example',
        security: 'none',
        timeouts,
        connect: speak(answers),
      });
      if ((await settled(connecting)) === 'error') return;
      const client = await connecting;
      const credentials = { user: 'ann', password: 'hunter2', allowCleartextPassword: true };
      const outcomes = [
        await settled(client.authenticate(credentials)),
        ...(await Promise.all([
          settled(client.stat()),
          settled(client.list()),
          settled(client.uidl(1)),
          settled(client.retrieve(1).bytes({ maximum: 1000 })),
          settled(client.top(2, 0).bytes()),
          settled(client.dele(1)),
        ])),
        await settled(client.quit()),
      ];
      for (const outcome of outcomes) seen[outcome]++;
      await client[Symbol.asyncDispose]();
    }),
    { numRuns: 150 },
  );
  assert.ok(seen.value > 50 && seen.error > 50, JSON.stringify(seen));
});
