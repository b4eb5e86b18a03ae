import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { Pop3Client, type TraceEntry } from '../../src/client/index.ts';
import { type Script, startScriptedServer } from '../../src/testing/index.ts';

const password = 'Sesame-opens-9';
const token = 'ya29.token-of-mine-9';

/** Every form in which a secret could be found by somebody who looks. */
function forms(secret: string): string[] {
  const octets = Buffer.from(secret);
  const inPlain = Buffer.from(`\0ann\0${secret}`);
  return [
    secret,
    octets.toString('base64').replace(/=+$/, ''),
    octets.toString('hex'),
    [...secret].reverse().join(''),
    inPlain.toString('base64').replace(/=+$/, ''),
  ];
}

const mechanisms = [
  'SCRAM-SHA-512',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'CRAM-MD5',
  'PLAIN',
  'LOGIN',
  'OAUTHBEARER',
  'XOAUTH2',
  'EXTERNAL',
  'ANONYMOUS',
];
const capabilities = `+OK\r\nUSER\r\nUTF8\r\nSASL ${mechanisms.join(' ')}\r\n.\r\n`;

/** What a server may answer to whatever looks like a login. */
const endings: readonly (readonly [name: string, answer: (line: string) => string | undefined])[] = [
  ['accepts everything', () => '+OK\r\n'],
  ['refuses everything', () => '-ERR no\r\n'],
  ['refuses with [AUTH], and quotes what it got', (line) => `-ERR [AUTH] wrong: ${line}\r\n`],
  ['refuses for the moment', () => '-ERR [SYS/TEMP] later\r\n'],
  ['sends empty challenges', () => '+ \r\n'],
  ['sends challenges that are not base64', () => '+ go ahead!\r\n'],
  ['sends its challenge back', (line) => `+ ${Buffer.from(line).toString('base64')}\r\n`],
  ['sends SCRAM nonsense', () => `+ ${Buffer.from('r=x,s=QUJD,i=4096').toString('base64')}\r\n`],
  ['sends a CRAM challenge', () => `+ ${Buffer.from('<1@example.org>').toString('base64')}\r\n`],
  ['sends a token error', () => `+ ${Buffer.from('{"status":"401","scope":"mail"}').toString('base64')}\r\n`],
  ['speaks nonsense', () => 'what?\r\n'],
  ['closes', () => undefined],
];

const ways = [...mechanisms, 'APOP', 'USER', undefined];

suite('no secret leaves readable, or shows up anywhere, unless that was allowed', () => {
  for (const [name, answer] of endings) {
    test(`a server that ${name}`, async () => {
      const script: Script = async (peer) => {
        await peer.send('+OK ready <1.2@example.org>\r\n');
        await peer.answer((line) => {
          if (line === 'CAPA') return capabilities;
          if (line === 'UTF8') return '+OK\r\n';
          if (line.startsWith('USER')) return '+OK\r\n';
          return answer(line);
        });
      };
      for (const way of ways) {
        const server = await startScriptedServer(script);
        const trace: TraceEntry[] = [];
        let outcome: unknown;
        try {
          const client = await Pop3Client.connect({
            host: '127.0.0.1',
            port: server.port,
            security: 'none',
            trace: (entry) => trace.push(entry),
            timeouts: { command: 200, pass: 200, idle: 200, greeting: 200 },
          });
          try {
            outcome = await client.authenticate({
              user: 'ann',
              password,
              accessToken: token,
              ...(way === undefined ? {} : { mechanisms: [way] }),
            });
          } catch (error) {
            outcome = error;
          }
          client.destroy();
        } finally {
          await server.close();
        }
        const places: readonly (readonly [string, string])[] = [
          ['wire', server.received],
          ['trace', trace.map(({ text }) => text).join('\n')],
          ['inspect', inspect(outcome, { depth: 10, showHidden: true })],
          ['json', JSON.stringify(outcome) ?? ''],
          [
            'message',
            outcome instanceof Error ? `${outcome.message} ${outcome.stack} ${String(outcome.cause)}` : '',
          ],
        ];
        for (const secret of [password, token]) {
          for (const form of forms(secret)) {
            for (const [place, text] of places)
              assert.ok(!text.includes(form), `${way ?? 'the plan'}: ${place} holds ${form}`);
          }
        }
      }
    });
  }

  test('where it was allowed, it goes out, and still shows up nowhere else', async () => {
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK ready\r\n');
      await peer.answer((line) =>
        line === 'CAPA'
          ? '+OK\r\nUSER\r\n.\r\n'
          : line.startsWith('PASS')
            ? `-ERR wrong: ${line}\r\n`
            : '+OK\r\n',
      );
    });
    const trace: string[] = [];
    try {
      const client = await Pop3Client.connect({
        host: '127.0.0.1',
        port: server.port,
        security: 'none',
        trace: ({ text }) => trace.push(text),
      });
      const error: unknown = await client
        .authenticate({ user: 'ann', password, allowCleartextPassword: true })
        .catch((reason: unknown) => reason);
      assert.ok(server.received.includes(`PASS ${password}\r\n`));
      assert.ok(!`${inspect(error, { depth: 10 })}${trace.join('\n')}`.includes(password), inspect(error));
      assert.match(String(error), /wrong: PASS \[secret\]/);
      client.destroy();
    } finally {
      await server.close();
    }
  });
});
