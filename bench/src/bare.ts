// What one thread of Node itself allows: every message in a file of its own and in a table, and nothing else. It trusts every octet, survives
// nothing, and logs in readably: no program for anybody's mail, but the measure of what all the rest costs.
import { hash } from 'node:crypto';
import { closeSync, linkSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const [output = '', port = '', user = '', password = ''] = process.argv.slice(2);
const mail = join(output, 'Mail');
for (const folder of ['tmp', 'new', 'cur']) mkdirSync(join(mail, folder), { recursive: true });
const database = new DatabaseSync(join(output, 'ledger.sqlite'));
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
database.exec(
  'CREATE TABLE entry (key TEXT PRIMARY KEY, octets INTEGER, header_hash TEXT) STRICT, WITHOUT ROWID',
);
const insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?)');

const groupLength = 256;
const window = 1024;
const end = Buffer.from('\r\n.\r\n');
const written = Buffer.allocUnsafe(1 << 22);
let group: [key: string, octets: number, headerHash: string][] = [];

function commit(): void {
  database.exec('BEGIN');
  for (const row of group) insert.run(...row);
  database.exec('COMMIT');
  group = [];
}

function deliver(key: string, octets: Buffer): void {
  const text = `${octets.toString('latin1').replaceAll('\r\n', '\n')}\n`;
  const length = written.write(text.includes('\n.') ? text.replaceAll('\n.', '\n') : text, 'latin1');
  const id = hash('sha256', `${user}\0${key}`);
  const part = join(mail, 'tmp', id);
  const file = openSync(part, 'wx', 0o600);
  writeSync(file, written, 0, length);
  closeSync(file);
  linkSync(part, join(mail, 'new', `${id},S=${length}`));
  unlinkSync(part);
  group.push([key, octets.length, hash('sha256', octets.subarray(0, 400))]);
  if (group.length === groupLength) commit();
}

const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
let octets: Buffer = Buffer.alloc(0);
let wake = (): void => {};
socket.on('data', (data: Buffer) => {
  octets = octets.length === 0 ? data : Buffer.concat([octets, data]);
  wake();
});

/** Everything before these octets. A promise only where they have not come yet. */
function until(mark: Buffer | string): Buffer | Promise<Buffer> {
  const at = octets.indexOf(mark);
  if (at < 0) {
    return new Promise<void>((resolve) => {
      wake = resolve;
    }).then(() => until(mark));
  }
  const found = octets.subarray(0, at);
  octets = octets.subarray(at + mark.length);
  return found;
}

await until('\r\n');
for (const command of [`USER ${user}`, `PASS ${password}`]) {
  socket.write(`${command}\r\n`);
  await until('\r\n');
}
socket.write('UIDL\r\n');
const listing = await until(end);
const keys = listing.toString('latin1').split('\r\n').slice(1);
let asked = 0;
for (let done = 0; done < keys.length; done++) {
  if (asked - done <= window / 2) {
    const numbers = Array.from({ length: Math.min(keys.length, done + window) - asked }, () => ++asked);
    socket.write(numbers.map((number) => `RETR ${number}\r\n`).join(''));
  }
  let message = until(end);
  if (message instanceof Promise) message = await message;
  deliver(keys[done]?.split(' ')[1] ?? '', message.subarray(message.indexOf('\r\n') + 2));
}
commit();
socket.end('QUIT\r\n');
