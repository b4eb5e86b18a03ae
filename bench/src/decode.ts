import { ClientConnection, NEED_DATA, searchOctets, secret } from '@postrider/pop3/protocol';
import { nodeSearch } from '@postrider/pop3/transport';
import { type Row, ratio, report } from './report.ts';

// Decoding of RETR content, memory to memory: what the core itself costs, with no network and no disk.

const rounds = 7;
const chunkOctets = 65_536;
const line = `${'TUlNRSB0ZXh0IGFzIGl0IGlz'.repeat(3)}abcd\r\n`;

function makeContent(octets: number): Uint8Array {
  const lines: string[] = [];
  for (let length = 0, index = 0; length < octets; index++) {
    const text = index % 40 === 0 ? `..${line}` : line;
    lines.push(text);
    length += text.length;
  }
  return new TextEncoder().encode(`${lines.join('')}.\r\n`);
}

function decode(wire: Uint8Array, chunk: number, search: typeof nodeSearch): number {
  const connection = loggedIn(search);
  connection.send({ keyword: 'RETR', messageNumber: 1 });
  connection.receiveData(new TextEncoder().encode('+OK\r\n'));
  let octets = 0;
  for (let position = 0; position < wire.length; position += chunk) {
    connection.receiveData(wire.subarray(position, position + chunk));
    for (;;) {
      const event = connection.nextEvent();
      if (event === NEED_DATA) break;
      if (event.type === 'content') octets += event.octets.length;
    }
  }
  if (connection.outstanding !== undefined) throw new Error('the terminator was not seen');
  return octets;
}

function loggedIn(search: typeof nodeSearch): ClientConnection {
  const connection = new ClientConnection({ search });
  const answer = (text: string): void => {
    connection.receiveData(new TextEncoder().encode(text));
    while (connection.nextEvent() !== NEED_DATA) {
      // Only the state matters.
    }
  };
  answer('+OK\r\n');
  connection.send({ keyword: 'USER', name: 'a' });
  answer('+OK\r\n');
  connection.send({ keyword: 'APOP', name: 'a', digest: secretDigest });
  answer('+OK\r\n');
  return connection;
}

function measure(wire: Uint8Array, chunk: number, search: typeof nodeSearch): number {
  const times = Array.from({ length: rounds }, () => {
    const begin = performance.now();
    decode(wire, chunk, search);
    return (performance.now() - begin) / 1000;
  });
  return times.sort((a, b) => a - b)[rounds >> 1] ?? 0;
}

const secretDigest = secret('0');
const large = makeContent(256 * 1024 * 1024);
const rows: Row[] = [];
for (const [name, search] of [
  ["the platform's search (what the client uses)", nodeSearch],
  ['the pure search', searchOctets],
] as const) {
  const seconds = measure(large, chunkOctets, search);
  rows.push({ name: `64 KB chunks, ${name}`, value: `${(large.length / seconds / 1e9).toFixed(1)} GB/s` });
}
const small = makeContent(1 << 20);
const twice = makeContent(1 << 21);
const one = measure(small, 1, nodeSearch);
const two = measure(twice, 1, nodeSearch);
rows.push({ name: 'octet by octet, 1 MB', value: `${((one / small.length) * 1e9).toFixed(0)} ns an octet` });
rows.push({ name: 'octet by octet, 2 MB', value: `${((two / twice.length) * 1e9).toFixed(0)} ns an octet` });
rows.push({ name: 'twice the octets take', value: `${ratio(two, one)} the time (linear: 2.00x)` });
report('Decoding of RETR content', rows);
