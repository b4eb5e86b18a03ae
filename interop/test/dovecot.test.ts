import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type ConnectOptions, Pop3Client, type Security } from '@postrider/pop3';
import { startFaultyProxy } from '@postrider/pop3/testing';
import { type CorpusMessage, fillMaildir, makeCorpus } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { requireProgram } from '../src/require-program.ts';

const messages = 2000;
const password = 'pass word with spaces';

suite('a session with Dovecot', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  let corpus: CorpusMessage[];
  let small: CorpusMessage[];

  before(async () => {
    dovecot = await startDovecot({ users: { alice: password, bob: password } });
    corpus = fillMaildir(
      dovecot,
      'alice',
      makeCorpus({ count: messages, odd: true, bodyOctets: (_, random) => Math.floor(random() * 3000) }),
    );
    small = fillMaildir(dovecot, 'bob', withoutTheLargest(makeCorpus({ count: 60, odd: true })));
  });

  after(() => dovecot?.stop());

  const options = (security: Security): ConnectOptions => ({
    host: 'localhost',
    port: security === 'tls' ? dovecot.tlsPort : dovecot.port,
    security,
    tls: { ca: dovecot.certificate.ca },
  });

  for (const security of ['tls', 'starttls', 'none'] as const) {
    for (const pipelining of [true, false]) {
      test(`${security}, pipelining ${pipelining ? 'on' : 'off'}: every message comes back octet by octet`, async () => {
        const client = await Pop3Client.connect({ ...options(security), pipelining });
        const { mechanism } = await client.authenticate({ user: 'alice', password });
        assert.equal(mechanism, 'SCRAM-SHA-256');
        await verifyMaildrop(client, corpus);
      });
    }

    test(`${security}, every octet on its own: the same`, async () => {
      const { port = 0 } = options(security);
      const proxy = await startFaultyProxy({ port }, { split: 1 });
      try {
        const client = await Pop3Client.connect({ ...options(security), port: proxy.port });
        await client.authenticate({ user: 'bob', password });
        await verifyMaildrop(client, small);
      } finally {
        await proxy.close();
      }
    });
  }

  test('nothing in the maildrop is touched', async () => {
    const files = (): string[] => readdirSync(join(dovecot.maildir('bob'), 'cur')).sort();
    const earlier = files();
    const client = await Pop3Client.connect(options('tls'));
    await client.authenticate({ user: 'bob', password });
    await client.retrieve(1).bytes();
    await client.quit();
    assert.deepEqual(files(), earlier);
  });

  test('leaving without QUIT deletes nothing, QUIT does', async () => {
    const login = async (): Promise<Pop3Client> => {
      const client = await Pop3Client.connect(options('none'));
      await client.authenticate({ user: 'bob', password });
      return client;
    };
    const first = await login();
    await first.dele(1);
    assert.equal(first.deletionsCommitted, 'no');
    await first[Symbol.asyncDispose]();

    const second = await login();
    assert.equal((await second.stat()).messages, small.length);
    await second.dele(small.length);
    await second.quit();
    assert.equal(second.deletionsCommitted, 'yes');

    const third = await login();
    assert.equal((await third.stat()).messages, small.length - 1);
    await third.quit();
  });
});

/** Everything that a session tells must be what is in the maildrop. */
async function verifyMaildrop(client: Pop3Client, expected: readonly CorpusMessage[]): Promise<void> {
  try {
    const octets = expected.reduce((sum, message) => sum + message.octets.length, 0);
    assert.deepEqual(await client.stat(), { messages: expected.length, octets });
    const [scan, unique] = await Promise.all([client.list(), client.uidl()]);
    assert.deepEqual(
      scan.entries.map((entry) => entry.octets),
      expected.map((message) => message.octets.length),
    );
    assert.equal(new Set(unique.entries.map(({ uniqueId }) => uniqueId)).size, expected.length);
    const streams = scan.entries.map(({ messageNumber }) => client.retrieve(messageNumber));
    for (const [index, stream] of streams.entries()) {
      const hash = createHash('sha256');
      for await (const piece of stream) hash.update(piece);
      const message = expected[index];
      assert.equal(hash.digest('hex'), sent(message), `message ${index + 1} (${message?.name})`);
    }
    await client.quit();
  } finally {
    client.destroy();
  }
}

/** Dovecot writes a line's end before the terminator where there is none yet: a message of no octet comes as a blank line. */
function sent(message: CorpusMessage | undefined): string | undefined {
  return message?.octets.length === 0 ? createHash('sha256').update('\r\n').digest('hex') : message?.sha256;
}

function* withoutTheLargest(corpus: Iterable<CorpusMessage>): Generator<CorpusMessage> {
  for (const message of corpus) if (message.octets.length < 1_500_000) yield message;
}
