import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { SmtpDestination } from '../../src/index.ts';
import { makeScene, message, type Scene } from '../support/scene.ts';

suite('a mail server as the destination', () => {
  const received: string[] = [];
  const recipients: string[] = [];
  let refuse: ((text: string) => Error | undefined) | undefined;
  const servers = new Map<string, { server: SMTPServer; port: number }>();
  let scene: Scene;

  before(async () => {
    for (const protocol of ['lmtp', 'smtp']) {
      const server = new SMTPServer({
        lmtp: protocol === 'lmtp',
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        onData: (stream, session, done) => {
          const pieces: Buffer[] = [];
          stream.on('data', (piece: Buffer) => pieces.push(piece));
          stream.on('end', () => {
            const text = Buffer.concat(pieces).toString('latin1');
            const error = refuse?.(text);
            if (error === undefined) {
              received.push(text);
              recipients.push(...session.envelope.rcptTo.map(({ address }) => address));
            }
            done(error);
          });
        },
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.server.address();
      servers.set(protocol, {
        server,
        port: typeof address === 'object' && address !== null ? address.port : 0,
      });
    }
  });
  after(() => {
    for (const { server } of servers.values()) server.close();
  });

  for (const protocol of ['lmtp', 'smtp'] as const) {
    test(`${protocol}: every message once, octet by octet; one that is refused stops no other`, async () => {
      received.length = 0;
      recipients.length = 0;
      const messages = Array.from({ length: 10 }, (_, index) => message(index));
      scene = await makeScene(messages);
      const destination = (): SmtpDestination =>
        new SmtpDestination({
          protocol,
          host: '127.0.0.1',
          port: servers.get(protocol)?.port ?? 0,
          recipient: 'ann@example.org',
        });
      try {
        refuse = (text) =>
          text.includes('message 7\r')
            ? Object.assign(new Error('not this one'), { responseCode: 552 })
            : undefined;
        const first = await scene.collect({ destinations: [destination()], retention: { type: 'delete' } });
        assert.deepEqual(
          [first.result, first.retrieved, first.failed.length, first.deleted],
          ['partial', 9, 1, 9],
        );
        refuse = undefined;
        const second = await scene.collect({ destinations: [destination()], retention: { type: 'delete' } });
        assert.deepEqual([second.result, second.retrieved], ['done', 1], String(second.error));
        assert.deepEqual([...received].sort(), messages.map((one) => one.replaceAll('\n', '\r\n')).sort());
        assert.deepEqual([...new Set(recipients)], ['ann@example.org']);
      } finally {
        await scene.close();
      }
    });
  }
});
