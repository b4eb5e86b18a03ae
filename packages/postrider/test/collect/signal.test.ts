import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, suite, test } from 'node:test';
import { makeMaildropScene, message, readMaildir, withCrlf } from '../support/scene.ts';
import { type Started, startPostrider } from '../support/start.ts';

const messages = Array.from({ length: 30 }, (_, index) => message(index + 1, 400));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A proxy that lets so many octets come from the server, and then waits until it is opened. */
async function startGate(
  target: number,
  octets: number,
): Promise<{ port: number; open(): void; closed: Promise<void> }> {
  const sockets = new Set<Socket>();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  let left = octets;
  const pass = async (upstream: Socket, client: Socket): Promise<void> => {
    for await (const piece of upstream) {
      const part: Buffer = piece.subarray(0, Math.max(0, left));
      client.write(part);
      left -= part.length;
      if (left > 0 || part.length === piece.length) continue;
      await opened;
      left = Number.POSITIVE_INFINITY;
      client.write(piece.subarray(part.length));
    }
    client.end();
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.pipe(upstream);
    client.on('close', close);
    pass(upstream, client).catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.unshift(() => {
    open();
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, open, closed };
}

/** Resolves when the program has said something. */
async function said(started: Started, pattern: RegExp): Promise<void> {
  while (!pattern.test(started.output().stdout)) {
    if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output().stderr}`);
    await new Promise((resolve) => started.child.stdout?.once('data', resolve));
  }
}

suite('a signal in the middle of a collection', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`${signal}: what was delivered is recorded, the rest stays on the server`, async () => {
      const scene = await makeMaildropScene(messages);
      cleanups.push(() => scene.close());
      const half = messages.slice(0, 15).reduce((sum, one) => sum + withCrlf(one).length, 0);
      const gate = await startGate(scene.port, half);
      const mail = join(scene.folder, 'Mail');
      const words = ['collect', ...scene.words, '--to', `maildir:${mail}`, '--delete', '--json'];
      const through = words.map((word) => (word === String(scene.port) ? String(gate.port) : word));
      const started = startPostrider(through, scene.env);
      await said(started, /"delivered","messageNumber":10/);
      started.child.kill(signal);
      const { code, stdout, stderr } = await started.ended;
      assert.equal(code, 130, stderr);
      assert.match(
        stderr,
        /postrider: interrupted: what was delivered is recorded, and the rest stays on the server\n$/,
      );
      const delivered = stdout.match(/"type":"delivered"/g)?.length ?? 0;
      assert.match(stdout, new RegExp(`"result":"interrupted","retrieved":${delivered},`));
      assert.ok(delivered >= 10 && delivered < messages.length, String(delivered));
      assert.equal(readdirSync(join(mail, 'new')).length, delivered);
      assert.deepEqual(readdirSync(join(mail, 'tmp')), []);
      assert.equal(scene.maildrop.messages.length, messages.length);
      await gate.closed;

      // By the same port, as another one could be another maildrop.
      gate.open();
      const next = await startPostrider(through, scene.env).ended;
      assert.equal(next.code, 0, next.stderr);
      assert.match(next.stdout, new RegExp(`"retrieved":${messages.length - delivered},`));
      assert.deepEqual(readMaildir(mail), messages.toSorted());
      assert.equal(scene.maildrop.messages.length, 0);
    });
  }

  test('one that waits for a command says so, and a second signal ends it at once; the next run goes on', async () => {
    const scene = await makeMaildropScene(messages);
    cleanups.push(() => scene.close());
    // The command that has a message now would go on for long.
    const pidFile = join(scene.folder, 'pid');
    const to = ['--to', `command:echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 60`];
    const started = startPostrider(['collect', ...scene.words, ...to, '--json'], scene.env);
    while (!existsSync(pidFile)) await new Promise((resolve) => setImmediate(resolve));
    const pid = Number(readFileSync(pidFile, 'utf8'));
    cleanups.push(() => process.kill(pid));
    started.child.kill('SIGINT');
    while (!/^Finishing what is under way\. Interrupt again to end at once\.$/m.test(started.output().stderr))
      await new Promise((resolve) => started.child.stderr?.once('data', resolve));
    started.child.kill('SIGTERM');
    assert.equal((await started.ended).code, 130);
    const next = await startPostrider(['collect', ...scene.words, '--to', 'command:exit 0'], scene.env).ended;
    assert.match(next.stdout, /^30 new messages/, next.stderr);
  });

  test('while it waits for a server that says nothing', async () => {
    const scene = await makeMaildropScene(messages);
    cleanups.push(() => scene.close());
    const gate = await startGate(scene.port, 0);
    const words = ['collect', ...scene.words, '--to', `maildir:${scene.folder}/Mail`, '--trace'];
    const started = startPostrider(
      words.map((word) => (word === String(scene.port) ? String(gate.port) : word)),
      scene.env,
    );
    while (!/no TLS/.test(started.output().stderr))
      await new Promise((resolve) => started.child.stderr?.once('data', resolve));
    started.child.kill('SIGINT');
    const { code, stderr } = await started.ended;
    assert.equal(code, 130);
    assert.match(stderr, /postrider: interrupted/);
  });
});
