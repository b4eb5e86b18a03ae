import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ConnectOptions, Pop3Client } from '../../src/client/index.ts';
import {
  type DialogueScriptOptions,
  dialogueScript,
  parseDialogue,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/testing/index.ts';
import { makeAuthority } from '../support/authority.ts';
import { rejection } from '../support/error.ts';

/** Speaks a dialogue to a client, and gives what went wrong in the script. */
async function spoken(
  lines: readonly string[],
  run: (options: ConnectOptions) => Promise<void>,
  options?: DialogueScriptOptions,
): Promise<ScriptedServer> {
  const dialogue = parseDialogue(`${lines.join('\n')}\n`, 'x.dialogue');
  const server = await startScriptedServer(dialogueScript(dialogue, options));
  try {
    await run({
      host: server.host,
      port: server.port,
      security: 'none',
      capabilities: false,
      timeouts: { command: 500 },
    });
    await server.ended;
    return server;
  } finally {
    await server.close();
  }
}

const user = async (options: ConnectOptions): Promise<Pop3Client> => {
  const client = await Pop3Client.connect(options);
  await client.user('ann');
  return client;
};

suite('a dialogue spoken to a client', () => {
  for (const split of [undefined, 1, 3]) {
    test(`goes on as long as the client says its lines, ${split === undefined ? 'whole' : `in pieces of ${split}`}`, async () => {
      const server = await spoken(
        [
          'S: +OK hi',
          'C: USER ann',
          'S: +OK ann \\xff',
          '= response -ERR "passed over"',
          'C: QUIT',
          'S: +OK bye',
        ],
        async (options) => {
          const client = await user(options);
          assert.equal(await client.quit(), 'bye');
        },
        { split },
      );
      assert.deepEqual(server.failures, []);
      assert.equal(server.received, 'USER ann\r\nQUIT\r\n');
    });
  }

  test('says which line the client did not say', async () => {
    const server = await spoken(['S: +OK', 'C: CAPA', 'S: +OK', 'S: .'], async (options) => {
      await assert.rejects(user(options));
    });
    assert.match(
      String(server.failures[0]),
      /x\.dialogue:2: the client does something else\n.*C: CAPA\n.*C: USER ann/,
    );
  });

  test('says where the client left', async () => {
    const { failures } = await spoken(['S: +OK', 'C: USER ann', 'S: +OK'], async (options) => {
      const client = await Pop3Client.connect(options);
      client.destroy();
    });
    assert.match(String(failures[0]), /x\.dialogue:2: .*\n.*C: USER ann\n.*it closes/);
  });

  const endings: readonly (readonly [directive: string, code: string])[] = [
    ['server closes', 'ERR_POP3_CONNECTION_CLOSED'],
    ['server resets', 'ERR_POP3_TRANSPORT'],
    ['server stalls', 'ERR_POP3_TIMEOUT'],
  ];
  for (const [directive, code] of endings) {
    test(`! ${directive}: ${code}`, async () => {
      const server = await spoken(['S: +OK', 'C: USER ann', `! ${directive}`], async (options) => {
        await rejection(user(options), code);
      });
      assert.deepEqual(server.failures, []);
    });
  }

  test('! pause and ! drip: slow, and whole in the end', async () => {
    const lines = [
      'S: +OK',
      'C: USER ann',
      '! pause 20',
      '! drip 1',
      'S: +OK slowly',
      '! drip 0',
      'C: QUIT',
      'S: +OK',
    ];
    const server = await spoken(lines, async (options) => {
      await (await user(options)).quit();
    });
    assert.deepEqual(server.failures, []);
  });

  test('! tls: the handshake, with the certificate that it was given', async () => {
    const authority = await makeAuthority();
    const lines = ['S: +OK', 'C: STLS', 'S: +OK', '! tls', 'C: USER ann', 'S: +OK', '! client closes'];
    const server = await spoken(
      lines,
      async (options) => {
        const tls = { ca: authority.cert };
        const client = await user({ ...options, host: 'localhost', security: 'starttls', tls });
        assert.notEqual(client.tls, undefined);
        client.destroy();
      },
      { tls: await authority.issue() },
    );
    assert.deepEqual(server.failures, []);
  });
});
