import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, suite, test } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type DeliveryResult, SmtpDestination, type SmtpOptions } from '../../src/index.ts';
import { deliver } from '../support/deliver.ts';
import { makeScene, message } from '../support/scene.ts';
import { startSilentServer } from '../support/silent-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A server that takes mail, and what it was given. */
interface Sink {
  readonly port: number;
  readonly contents: string[];
  readonly recipients: string[];
  /** MAIL's parameters, of each message. */
  readonly parameters: unknown[];
  /** How many sessions there were. */
  sessions: number;
  /** Ends every session. */
  hangUp(): void;
}

async function startSink(
  options: SMTPServerOptions = {},
  refuse: (content: string) => Error | undefined = () => undefined,
): Promise<Sink> {
  const sink: Sink = {
    port: 0,
    contents: [],
    recipients: [],
    parameters: [],
    sessions: 0,
    hangUp: () => {
      for (const connection of server.connections) connection.close();
    },
  };
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    onConnect: (_, done) => {
      sink.sessions++;
      done();
    },
    onData: (stream, { envelope }, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const content = Buffer.concat(pieces).toString('latin1');
        const error = refuse(content);
        if (error === undefined) {
          sink.contents.push(content);
          sink.recipients.push(...envelope.rcptTo.map(({ address }) => address));
          sink.parameters.push(envelope.mailFrom === false ? {} : envelope.mailFrom.args);
        }
        done(error);
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise<void>((resolve) => server.close(resolve)));
  const address = server.server.address();
  return Object.assign(sink, { port: typeof address === 'object' && address !== null ? address.port : 0 });
}

/** A server that says what it is told to, line by line; `data` comes in place of the answer to a message. */
async function startScript(
  data: 'drop' | 'silence',
  takes: (content: string) => boolean = () => false,
): Promise<{ port: number; server: Server; messages: string[] }> {
  const messages: string[] = [];
  const server = createServer((socket) => {
    let input = '';
    let inData = false;
    socket.on('error', () => {});
    socket.write('220 here\r\n');
    socket.on('data', (octets: Buffer) => {
      input += octets.toString('latin1');
      for (;;) {
        if (inData) {
          const end = input.indexOf('\r\n.\r\n');
          if (end < 0) return;
          messages.push(input.slice(0, end + 2));
          input = input.slice(end + 5);
          inData = false;
          if (takes(messages.at(-1) ?? '')) {
            socket.write('250 taken\r\n');
            continue;
          }
          if (data === 'drop') socket.destroy();
          return;
        }
        const end = input.indexOf('\r\n');
        if (end < 0) return;
        const line = input.slice(0, end);
        input = input.slice(end + 2);
        inData = line === 'DATA';
        socket.write(inData ? '354 go\r\n' : '250 yes\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, server, messages };
}

function destination(port: number, options: Partial<SmtpOptions> = {}): SmtpDestination {
  const made = new SmtpDestination({
    protocol: 'smtp',
    host: '127.0.0.1',
    port,
    security: 'none',
    recipient: 'ann@example.org',
    name: 'smtp://sink',
    ...options,
  });
  cleanups.unshift(() => made.close());
  return made;
}

function errorOf(result: DeliveryResult): object {
  assert.equal(result.status, 'failed');
  const { message: text, step, scope, transient } = result.error;
  return { text, step, scope, transient, doubtful: result.doubtful === true };
}

const awkward = 'Subject: x\r\n\r\n.\r\n..\r\n...a\r\n.\r\n \x80\xff\x00\r\n\r\n.\r\n';

for (const protocol of ['smtp', 'lmtp'] as const) {
  suite(`${protocol}: a mail server as the destination`, () => {
    test('gets dots, 8-bit octets and blank lines as they are', async () => {
      const sink = await startSink({ lmtp: protocol === 'lmtp' });
      const to = destination(sink.port, { protocol });
      for (const content of [awkward, '.\r\n', '\r\n', `Subject: long\r\n\r\n${'.x\r\n'.repeat(100_000)}`]) {
        assert.deepEqual(await deliver(to, content), { status: 'delivered' });
        assert.equal(sink.contents.at(-1), content);
      }
      assert.deepEqual(sink.recipients, Array(4).fill('ann@example.org'));
      assert.equal(sink.sessions, 1);
    });

    test('is told that the message may have 8-bit octets, and how many there are', async () => {
      const sink = await startSink({ lmtp: protocol === 'lmtp', size: 1_000_000 });
      await deliver(destination(sink.port, { protocol }), awkward);
      assert.deepEqual(sink.parameters, [{ BODY: '8BITMIME', SIZE: String(awkward.length) }]);
    });

    test('a message that is refused stops no other, and is delivered when the server changes its mind', async () => {
      let refusing = true;
      const sink = await startSink({ lmtp: protocol === 'lmtp' }, (content) =>
        refusing && content.includes('message 7\r')
          ? Object.assign(new Error('not this one'), { responseCode: 552 })
          : undefined,
      );
      const messages = Array.from({ length: 10 }, (_, index) => message(index));
      const scene = await makeScene(messages);
      cleanups.push(() => scene.close());
      const run = () =>
        scene.collect({
          destinations: [destination(sink.port, { protocol })],
          retention: { type: 'delete' },
        });
      const first = await run();
      assert.deepEqual([first.result, first.retrieved, first.deleted], ['partial', 9, 9]);
      assert.match(
        first.failed[0]?.reason ?? '',
        /^smtp:\/\/sink: the server refused the message: 552 not this one$/,
      );
      refusing = false;
      const second = await run();
      assert.deepEqual([second.result, second.retrieved, second.deleted], ['done', 1, 1]);
      assert.deepEqual(sink.contents.toSorted(), messages.map((one) => one.replaceAll('\n', '\r\n')).sort());
    });

    for (const [code, scope, transient] of [
      [451, 'message', true],
      [554, 'message', false],
      [421, 'destination', true],
    ] as const) {
      test(`${code} to a message: ${scope}, ${transient ? 'temporary' : 'for good'}, and for certain`, async () => {
        const sink = await startSink({ lmtp: protocol === 'lmtp' }, () =>
          Object.assign(new Error('no'), { responseCode: code }),
        );
        assert.deepEqual(errorOf(await deliver(destination(sink.port, { protocol }), awkward)), {
          text: `smtp://sink: the server refused the message: ${code} no`,
          step: 'submit',
          scope,
          transient,
          doubtful: false,
        });
      });
    }

    test('a recipient that is refused is named, and the session goes on', async () => {
      const sink = await startSink({
        lmtp: protocol === 'lmtp',
        onRcptTo: ({ address }, _, done) =>
          done(
            address === 'no@example.org'
              ? Object.assign(new Error('unknown user'), { responseCode: 550 })
              : null,
          ),
      });
      const refused = await deliver(
        destination(sink.port, { protocol, recipient: 'no@example.org' }),
        awkward,
      );
      assert.deepEqual(errorOf(refused), {
        text: 'smtp://sink: the server refused the recipient: 550 unknown user',
        step: 'submit',
        // All messages have the same one.
        scope: 'destination',
        transient: false,
        doubtful: false,
      });
      assert.deepEqual(await deliver(destination(sink.port, { protocol }), awkward), { status: 'delivered' });
    });
  });
}

test('one that is larger than the server takes stops no other', async () => {
  const sink = await startSink({ size: 5000 });
  const messages = [message(1), message(2, 1000), message(3)];
  const scene = await makeScene(messages);
  cleanups.push(() => scene.close());
  const { result, retrieved, failed } = await scene.collect({ destinations: [destination(sink.port)] });
  assert.deepEqual([result, retrieved], ['partial', 2]);
  assert.match(
    failed[0]?.reason ?? '',
    /the server refused the message: Message size larger than allowed 5000$/,
  );
  assert.equal(failed[0]?.messageNumber, 2);
});

test('one at which the server breaks off each time is set aside, and stops no other', async () => {
  const taken: string[] = [];
  const script = await startScript('drop', (text) => {
    const subject = /Subject: (.*)/.exec(text)?.[1] ?? '';
    taken.push(subject);
    return subject !== 'message 2';
  });
  const scene = await makeScene([1, 2, 3, 4].map((number) => message(number)));
  cleanups.push(() => scene.close());
  const results = [];
  for (let run = 0; run < 4; run++)
    results.push(await scene.collect({ destinations: [destination(script.port)], retries: 8 }));
  assert.deepEqual(
    results.map(({ retrieved, failed }) => [retrieved, failed[0]?.messageNumber, failed[0]?.setAside]),
    [
      [3, 2, false],
      [0, 2, false],
      [0, 2, true],
      [0, 2, true],
    ],
  );
  for (const number of [1, 3, 4])
    assert.equal(taken.filter((subject) => subject === `message ${number}`).length, 1);
});

suite('what happens to the connection', () => {
  test('one that breaks before the message has left leaves no doubt', async () => {
    const sink = await startSink({ onRcptTo: () => sink.hangUp() });
    assert.deepEqual(
      { ...errorOf(await deliver(destination(sink.port), awkward)), text: '' },
      { text: '', step: 'submit', scope: 'destination', transient: true, doubtful: false },
    );
  });

  test('one that the server ended while it was idle is made again', async () => {
    const sink = await startSink();
    const to = destination(sink.port);
    for (let count = 0; count < 5; count++) {
      assert.deepEqual(await deliver(to, awkward), { status: 'delivered' });
      sink.hangUp();
    }
    assert.deepEqual(sink.contents, Array(5).fill(awkward));
    assert.equal(sink.sessions, 5);
  });

  test('one that breaks after the message leaves a doubt', async () => {
    const script = await startScript('drop');
    const result = errorOf(await deliver(destination(script.port), awkward));
    assert.equal(script.messages.length, 1);
    assert.match(JSON.stringify(result), /the connection broke/);
    assert.deepEqual(
      { ...result, text: '' },
      { text: '', step: 'submit', scope: 'destination', transient: true, doubtful: true },
    );
  });

  test('a server that never answers is waited for, but not for ever', async () => {
    const script = await startScript('silence');
    const to = destination(script.port, { timeouts: { answer: 100 } });
    assert.match(JSON.stringify(errorOf(await deliver(to, awkward))), /broke.*"doubtful":true/);
  });

  test('a server that says nothing is not waited for once the destination is closed', {
    timeout: 20_000,
  }, async () => {
    const server = await startSilentServer();
    cleanups.push(() => server.close());
    const to = destination(server.port);
    const begun = assert.rejects(to.begin({ id: 'x', octets: 1 }), /cannot connect/);
    const { closed } = await server.connected;
    await to.close();
    await Promise.all([begun, closed]);
  });

  test('nobody listens: temporary, and said before anything is fetched', async () => {
    const sink = await startSink();
    for (const cleanup of cleanups.splice(0)) await cleanup();
    await assert.rejects(async () => destination(sink.port).begin({ id: 'x', octets: 1 }), {
      name: 'DestinationError',
      message: /^smtp:\/\/sink: cannot connect: the connection was refused$/,
      step: 'connect',
      scope: 'destination',
      transient: true,
    });
  });

  test('a server that wants no mail now says so in its greeting', async () => {
    const sink = await startSink({
      onConnect: (_, done) => done(Object.assign(new Error('go away'), { responseCode: 554 })),
    });
    await assert.rejects(async () => destination(sink.port).begin({ id: 'x', octets: 1 }), {
      message: /cannot connect: it greeted with: 554 go away$/,
      transient: false,
    });
  });

  test('without STARTTLS, where it is wanted, nothing is sent', async () => {
    const sink = await startSink();
    await assert.rejects(async () => deliver(destination(sink.port, { security: 'starttls' }), awkward), {
      message: /cannot connect: .*STARTTLS/,
    });
    assert.deepEqual(sink.contents, []);
  });

  test('a password is never sent without TLS', async () => {
    const logins: unknown[] = [];
    const sink = await startSink({
      allowInsecureAuth: true,
      onAuth: (auth, _, done) => {
        logins.push(auth);
        done(null, { user: 'ann' });
      },
    });
    const to = destination(sink.port, { security: 'starttls', auth: { user: 'ann', password: 's3cret' } });
    await assert.rejects(async () => deliver(to, awkward), /STARTTLS/);
    assert.deepEqual(logins, []);
  });

  test('LMTP over a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pr-lmtp-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const socketPath = join(folder, 'lmtp');
    const contents: string[] = [];
    const server = new SMTPServer({
      lmtp: true,
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _, done) => {
        stream.setEncoding('latin1');
        let content = '';
        stream.on('data', (piece: string) => {
          content += piece;
        });
        stream.on('end', () => {
          contents.push(content);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    cleanups.push(() => new Promise<void>((resolve) => server.close(resolve)));
    const to = destination(0, { protocol: 'lmtp', socketPath });
    assert.deepEqual(await deliver(to, awkward), { status: 'delivered' });
    assert.deepEqual(contents, [awkward]);
    const none = destination(0, { protocol: 'lmtp', socketPath: join(folder, 'none') });
    await assert.rejects(
      async () => none.begin({ id: 'x', octets: 1 }),
      /cannot connect: there is no such socket/,
    );
  });
});
