// Opens an account of a ledger, says so, and keeps it until it is killed.
import { SqliteLedger } from '../../src/index.ts';

const [path = '', account = ''] = process.argv.slice(2);
await new SqliteLedger(path).openAccount(account);
process.stdout.write('open\n');
setInterval(() => {}, 60_000);
