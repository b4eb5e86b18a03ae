import assert from 'node:assert/strict';
import { type ConnectOptions, Pop3Client } from '../../src/client/index.ts';
import { type Script, type ScriptedPeer, startScriptedServer } from '../../src/testing/index.ts';

/** Short enough for a test, long enough for a busy machine. */
const timeouts = { connect: 5000, tls: 5000, greeting: 400, command: 400, pass: 400, idle: 400, quit: 400 };

/** Lets a client loose on a script and gives what the server saw. */
export async function against(
  script: Script,
  run: (options: ConnectOptions) => Promise<void>,
): Promise<{ received: string; connections: number }> {
  const server = await startScriptedServer(script);
  try {
    await run({ host: server.host, port: server.port, security: 'none', timeouts });
    assert.deepEqual(server.failures, []);
    return { received: server.received, connections: server.connections };
  } finally {
    await server.close();
  }
}

/** Greets, answers CAPA and a login, then leaves the rest to `then`. */
export function loggedIn(
  then: (peer: ScriptedPeer) => Promise<void>,
  capabilities = 'UIDL\r\nTOP\r\nUSER\r\n',
): Script {
  return async (peer) => {
    await peer.send('+OK ready\r\n');
    await peer.expect('CAPA');
    await peer.send(`+OK\r\n${capabilities}.\r\n`);
    await peer.expect('USER a');
    await peer.send('+OK\r\n');
    await peer.expect('PASS b');
    await peer.send('+OK\r\n');
    await peer.expect('CAPA');
    await peer.send(`+OK\r\n${capabilities}.\r\n`);
    await then(peer);
  };
}

/** Logs in to such a server. */
export async function login(options: ConnectOptions): Promise<Pop3Client> {
  const client = await Pop3Client.connect(options);
  await client.authenticate({ user: 'a', password: 'b', allowCleartextPassword: true });
  return client;
}

/** Answers one command, then does nothing until the client closes. */
export function answering(
  command: string,
  answer: string,
  then?: (peer: ScriptedPeer) => Promise<void> | void,
): Script {
  return loggedIn(async (peer) => {
    await peer.expect(command);
    await peer.send(answer);
    if (then === undefined) await peer.stall();
    else await then(peer);
  });
}
