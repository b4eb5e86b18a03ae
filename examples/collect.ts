// Brings new mail into a Maildir, each message exactly once, whatever crashes: node collect.ts MAILDIR LEDGER
import { collect, MaildirDestination, SqliteLedger } from '@postrider/collector';
import { Pop3Client } from '@postrider/pop3';
import { login, server } from './settings.ts';

const [path = 'Mail', ledgerFile = 'ledger.sqlite'] = process.argv.slice(2);
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

const ledger = new SqliteLedger(ledgerFile);
const result = await collect({
  account: `${login.user}@${server.host}`,
  login: async (signal) => {
    const client = await Pop3Client.connect({ ...server, signal });
    await client.authenticate(login);
    return client;
  },
  ledger,
  destinations: [new MaildirDestination({ path })],
  signal: interrupt.signal,
  onEvent: (event) => {
    if (event.type === 'delivered') console.log(`message ${event.messageNumber}: ${event.octets} octets`);
    if (event.type === 'failed') console.error(`message ${event.messageNumber}: ${event.reason}`);
  },
});
await ledger.close();
console.log(`${result.result}: ${result.retrieved} new, ${result.known} already here`);
if (result.error !== undefined) console.error(result.error);
process.exitCode = result.result === 'done' ? 0 : 1;
