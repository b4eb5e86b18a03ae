import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { afterEach, suite, test } from 'node:test';
import { longestSubmission, within } from '../../src/destination/deadline.ts';
import { type DeliveryResult, DestinationError, ImapDestination, SmtpDestination } from '../../src/index.ts';
import { deliver } from '../support/deliver.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A server that does what it should, until a line asks for more than it ever says: then it says a little, again and again. */
async function startDripping(protocol: 'lmtp' | 'imap', until: RegExp, drop: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let input = '';
    let dripping: NodeJS.Timeout | undefined;
    const reply = (line: string): string => {
      // A line of the message.
      if (line.startsWith(' ')) return '';
      if (protocol === 'lmtp') return line === 'DATA' ? '354 go\r\n' : '250 yes\r\n';
      const [tag, command] = line.split(' ');
      const list = command === 'LIST' ? '* LIST () "/" INBOX\r\n' : '';
      const select = command === 'SELECT' ? '* 0 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n' : '';
      return `${list}${select}${tag} OK\r\n`;
    };
    socket.write(protocol === 'lmtp' ? '220 here\r\n' : '* OK [CAPABILITY IMAP4rev1 LITERAL+]\r\n');
    socket.on('data', (octets: Buffer) => {
      input += octets.toString('latin1');
      for (let end = input.indexOf('\r\n'); end >= 0; end = input.indexOf('\r\n')) {
        const line = input.slice(0, end);
        input = input.slice(end + 2);
        if (until.test(line)) dripping = setInterval(() => socket.write(drop), 20);
        else if (dripping === undefined) socket.write(reply(line));
      }
    });
    cleanups.push(() => {
      clearInterval(dripping);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const timeouts = { connect: 300, answer: 300 };
const host = '127.0.0.1';

function makeDestination(protocol: 'lmtp' | 'imap', port: number): SmtpDestination | ImapDestination {
  const common = { host, port, security: 'none', timeouts, name: protocol } as const;
  return protocol === 'lmtp'
    ? new SmtpDestination({ ...common, protocol, recipient: 'ann@example.org' })
    : new ImapDestination({ ...common, user: 'u', password: 'p', folder: 'INBOX' });
}

/** Why it was not delivered, and whether it may have been. */
async function failureOf(delivery: Promise<DeliveryResult>): Promise<[DestinationError, boolean]> {
  const result = await delivery.catch((error: unknown) => error);
  if (result instanceof DestinationError) return [result, false];
  assert.ok(typeof result === 'object' && result !== null && 'error' in result);
  assert.ok(result.error instanceof DestinationError);
  return [result.error, 'doubtful' in result && result.doubtful === true];
}

suite('a server that always says a little, and never all, is not waited for for ever (I8)', () => {
  const unfinished = { lmtp: '250-', imap: '* OK still here\r\n' } as const;
  const cases = [
    ['lmtp', 'MAIL', /^MAIL/, false],
    ['lmtp', 'the end of the message', /^\.$/, true],
    ['imap', 'LOGIN', /LOGIN/, false],
    ['imap', 'SELECT', /SELECT/, false],
    ['imap', 'APPEND', /APPEND/, true],
  ] as const;
  for (const [protocol, name, until, doubtful] of cases) {
    test(`${protocol}: ${name}`, async () => {
      const port = await startDripping(protocol, until, unfinished[protocol]);
      const destination = makeDestination(protocol, port);
      cleanups.unshift(() => destination.close());
      const [error, doubt] = await failureOf(deliver(destination, ' a line\r\n'));
      assert.match(error.message, /there was no answer in time$/);
      assert.deepEqual([error.transient, doubt], [true, doubtful]);
    });
  }

  test('lmtp: RSET between two messages: another connection is made', async () => {
    const port = await startDripping('lmtp', /^RSET/, '250-');
    const destination = makeDestination('lmtp', port);
    cleanups.unshift(() => destination.close());
    for (let count = 0; count < 2; count++)
      assert.deepEqual(await deliver(destination, ' a line\r\n'), { status: 'delivered' });
  });

  for (const drop of [unfinished.imap, '']) {
    test(`imap: LOGOUT, answered with ${JSON.stringify(drop)}`, async () => {
      const port = await startDripping('imap', /LOGOUT/, drop);
      const destination = new ImapDestination({
        ...{ host, port, security: 'none', user: 'u', password: 'p', folder: 'INBOX' },
      });
      assert.deepEqual(await deliver(destination, ' a line\r\n'), { status: 'delivered' });
      await destination.close();
    });
  }
});

test('a message of gigabytes is given up no sooner than others', async () => {
  const work = new Promise<string>((resolve) => setTimeout(resolve, 20, 'done'));
  assert.equal(await within(longestSubmission(3_000_000_000, 1000), work, () => {}), 'done');
});
