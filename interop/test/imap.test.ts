import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { collect, ImapDestination, SqliteLedger } from '@postrider/collector';
import { Pop3Client } from '@postrider/pop3';
import { fillMaildir, makeCorpus } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { requireProgram } from '../src/require-program.ts';

suite('from Dovecot by POP3 to Dovecot by IMAP', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  before(async () => {
    dovecot = await startDovecot({ users: { alice: 'one', bob: 'two' } });
    fillMaildir(dovecot, 'alice', makeCorpus({ count: 12 }));
    fillMaildir(dovecot, 'bob', []);
  });
  after(() => dovecot?.stop());

  test('every message arrives once, with the date of its header', async () => {
    const ledger = new SqliteLedger(join(dovecot.folder, 'ledger.sqlite'));
    const run = () =>
      collect({
        account: 'alice@localhost',
        ledger,
        retries: 0,
        destinations: [
          new ImapDestination({
            host: 'localhost',
            port: dovecot.imapPort,
            security: 'starttls',
            user: 'bob',
            password: 'two',
            folder: 'INBOX',
            ca: dovecot.certificate.ca,
          }),
        ],
        login: async () => {
          const client = await Pop3Client.connect({
            host: 'localhost',
            port: dovecot.tlsPort,
            tls: { ca: dovecot.certificate.ca },
          });
          await client.authenticate({ user: 'alice', password: 'one' });
          return client;
        },
      });
    try {
      const first = await run();
      assert.deepEqual([first.result, first.retrieved], ['done', 12], String(first.error));
      assert.equal((await run()).retrieved, 0);
    } finally {
      await ledger.close();
    }
    const stored = (user: string): string[] =>
      ['cur', 'new']
        .flatMap((name) =>
          readdirSync(join(dovecot.maildir(user), name)).map((file) =>
            readFileSync(join(dovecot.maildir(user), name, file), 'latin1').replaceAll('\r\n', '\n'),
          ),
        )
        .sort();
    assert.deepEqual(stored('bob'), stored('alice'));
  });
});
