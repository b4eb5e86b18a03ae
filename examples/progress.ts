// Retrieves everything with pipelining, one message at a time in memory, and shows how far it is.
import { Pop3Client } from '@postrider/pop3';
import { login, server } from './settings.ts';

const client = await Pop3Client.connect(server);
await client.authenticate(login);
const total = await client.stat();
const { entries } = await client.list();

let octets = 0;
// All commands are on their way before the first answer: no round trip for each message. Streams are read in
// this order; a reader that is slow makes the server wait, it does not fill the memory.
const streams = entries.map(({ messageNumber }) => client.retrieve(messageNumber));
for (const [index, stream] of streams.entries()) {
  for await (const piece of stream) {
    octets += piece.length;
    const share = Math.min(1, octets / total.octets).toLocaleString('en', { style: 'percent' });
    process.stderr.write(`\r${index + 1}/${total.messages} messages, ${share}`);
  }
}
process.stderr.write('\n');
console.log(`${entries.length} messages, ${octets} octets`);
await client.quit();
