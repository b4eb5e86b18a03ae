import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startScriptedServer } from '@postrider/pop3/testing';
import { makeAuthority, type TestCertificate } from '../../../pop3/test/support/authority.ts';
import { mechanismNames } from '../../src/flag/connection.ts';
import { postrider } from '../support/run.ts';

const password = 'Sesame "opens" \\9';
const token = 'ya29.token-of-mine-9';

function forms(value: string): string[] {
  const octets = Buffer.from(value);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), octets])
      .toString('base64')
      .slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + octets.length) * 4) / 3)),
  );
  const hexadecimal = octets.toString('hex');
  return [value, JSON.stringify(value).slice(1, -1), ...base64, hexadecimal, hexadecimal.toUpperCase()];
}

const encode = (text: string, encoding: 'base64' | 'hex'): string =>
  Buffer.from(text, 'latin1').toString(encoding);
const decode = (line: string): string =>
  Buffer.from(line.split(' ').at(-1) ?? '', 'base64')
    .toString('latin1')
    .replace(/[\0\x01\r\n]/g, ' ');

const endings: readonly (readonly [name: string, answer: (line: string) => string])[] = [
  ['accepts everything, and quotes it', (line) => `+OK welcome, ${line}\r\n`],
  ['refuses, and quotes it', (line) => `-ERR [AUTH] wrong: ${line}\r\n`],
  ['refuses, and quotes it decoded', (line) => `-ERR wrong: ${decode(line)}\r\n`],
  ['refuses, and quotes it in base64', (line) => `-ERR ${encode(line, 'base64')}\r\n`],
  ['refuses, and quotes it in hexadecimal', (line) => `-ERR ${encode(line, 'hex')}\r\n`],
  ['quotes it in a challenge', (line) => `+ ${encode(decode(line), 'base64')}\r\n`],
  [
    'makes a token error of it',
    (line) => `+ ${encode(JSON.stringify({ status: decode(line) }), 'base64')}\r\n`,
  ],
  ['speaks nonsense, with a quotation', (line) => `what? ${line}\r\n`],
];

suite('the program prints no secret, however the server quotes it', () => {
  let folder: string;
  let certificate: TestCertificate;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-leak-'));
    const authority = await makeAuthority();
    certificate = await authority.issue();
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const security of ['tls', 'none'] as const) {
    for (const [name, answer] of endings) {
      test(`${security}: a server that ${name}`, async () => {
        const server = await startScriptedServer(async (peer) => {
          if (security === 'tls') await peer.startTls(certificate);
          await peer.send('+OK ready <1.2@example.org>\r\n');
          await peer.answer((line) => {
            if (line === 'CAPA') return `+OK\r\nUSER\r\nSASL ${mechanismNames.join(' ')}\r\n.\r\n`;
            if (line === 'STAT') return '+OK 0 0\r\n';
            return line.startsWith('USER') ? '+OK\r\n' : answer(line);
          });
        });
        const file = join(folder, `trace-${security}-${name}`);
        const run = async (way: string | undefined, trace: readonly string[]): Promise<string> => {
          const isToken = way === 'xoauth2' || way === 'oauthbearer';
          const { code, stdout, stderr } = await postrider(
            [
              ...['status', 'localhost', 'ann', '--port', String(server.port), '--security', security],
              ...['--ca', join(folder, 'ca.pem'), '--allow-cleartext-password', '--verbose', '--json'],
              ...(way === undefined ? [] : ['--auth', way]),
              ...trace,
            ],
            isToken ? { POSTRIDER_TOKEN: token } : { POSTRIDER_PASSWORD: password },
          );
          assert.notEqual(code, 70, stderr);
          return `${stdout}\n${stderr}`;
        };
        try {
          for (const way of [...mechanismNames, undefined]) {
            const shown = await run(way, ['--trace']);
            await run(way, ['--trace', file]);
            for (const [place, text] of [
              ['the terminal', shown],
              ['the trace', readFileSync(file, 'utf8')],
            ] as const) {
              for (const form of [...forms(password), ...forms(token)])
                assert.ok(!text.includes(form), `${way}: ${place} shows ${form}:\n${text}`);
            }
          }
          assert.equal(statSync(file).mode & 0o777, 0o600);
          assert.match(readFileSync(file, 'utf8'), /C: AUTH/);
        } finally {
          await server.close();
        }
      });
    }
  }
});
