import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, suite, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { type MaildropScene, makeMaildropScene, message, withCrlf } from '../support/scene.ts';
import { startPostrider } from '../support/start.ts';

const messages = [1, 2, 3].map((number) => message(number));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function scene(): Promise<MaildropScene> {
  const made = await makeMaildropScene(messages);
  cleanups.push(() => made.close());
  return made;
}

/** A server that keeps the second message, and kills the client before that learns of it: once. */
async function startKillingServer(
  lmtp: boolean,
): Promise<{ port: number; taken: string[]; kill?: () => void }> {
  const sink: { port: number; taken: string[]; kill?: () => void } = { port: 0, taken: [] };
  const server = new SMTPServer({
    lmtp,
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _, done) => {
      stream.setEncoding('latin1');
      let content = '';
      stream.on('data', (piece: string) => {
        content += piece;
      });
      stream.on('end', () => {
        sink.taken.push(content);
        if (sink.taken.length === 2 && sink.kill !== undefined) sink.kill();
        else done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise<void>((resolve) => server.close(resolve)));
  const address = server.server.address();
  return Object.assign(sink, { port: typeof address === 'object' && address !== null ? address.port : 0 });
}

suite('killed when the destination has a message and the ledger does not know it', () => {
  for (const protocol of ['lmtp', 'smtp']) {
    test(`${protocol}: delivered again by default: better twice than never`, async () => {
      const { words, env } = await scene();
      const sink = await startKillingServer(protocol === 'lmtp');
      const to = ['--to', `${protocol}://127.0.0.1:${sink.port}?to=ann@example.org`];
      const killed = startPostrider(['collect', ...words, ...to], env);
      sink.kill = () => killed.child.kill('SIGKILL');
      assert.equal((await killed.ended).code, -1);
      assert.equal(sink.taken.length, 2);
      delete sink.kill;
      const again = await startPostrider(['collect', ...words, ...to], env).ended;
      assert.match(again.stdout, /^2 new messages .*, 0 failed, 1 already here\.\n$/, again.stderr);
      assert.deepEqual(
        sink.taken.sort(),
        [messages[0], messages[1], messages[1], messages[2]].map((one) => withCrlf(one ?? '')).sort(),
      );
    });

    test(`${protocol}: held back with --on-doubt hold, until the user says deliver`, async () => {
      const { words, env } = await scene();
      const sink = await startKillingServer(protocol === 'lmtp');
      const collect = [
        'collect',
        ...words,
        '--to',
        `${protocol}://127.0.0.1:${sink.port}?to=ann@example.org`,
      ];
      const killed = startPostrider(collect, env);
      sink.kill = () => killed.child.kill('SIGKILL');
      await killed.ended;
      delete sink.kill;
      const held = await startPostrider([...collect, '--on-doubt', 'hold'], env).ended;
      assert.equal(held.code, 65);
      assert.match(held.stdout, /^1 new message .*, 1 failed, 1 already here\.\n$/);
      assert.match(held.stderr, /message 2 .* may have it already, .* it is held back/);
      assert.deepEqual(sink.taken.sort(), messages.map(withCrlf).sort());
      const delivered = await startPostrider([...collect, '--on-doubt', 'deliver'], env).ended;
      assert.match(delivered.stdout, /^1 new message .*, 0 failed, 2 already here\.\n$/, delivered.stderr);
      assert.equal(sink.taken.length, 4);
    });
  }

  for (const doubt of ['deliver', 'hold'] as const) {
    test(`command: the same, with --on-doubt ${doubt}`, async () => {
      const { words, env, folder } = await scene();
      const out = join(folder, 'out');
      // It kills whoever started it when it has the second message.
      const command = `cat >> ${out}; grep -q "Subject: message 2" ${out} && ! test -e ${out}.killed && touch ${out}.killed && kill -9 $PPID; exit 0`;
      const collect = ['collect', ...words, '--to', `command:${command}`];
      assert.equal((await startPostrider(collect, env).ended).code, -1);
      const again = await startPostrider([...collect, '--on-doubt', doubt], env).ended;
      assert.equal(again.code, doubt === 'hold' ? 65 : 0, again.stderr);
      const [first = '', second = '', third = ''] = messages.map(withCrlf);
      const expected = doubt === 'hold' ? [first, second, third] : [first, second, second, third];
      assert.equal(readFileSync(out, 'latin1'), expected.join(''));
    });
  }
});
