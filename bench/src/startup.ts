// From the start of `postrider status`, as built, to the first octet that it sends to a server.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { median, report } from './report.ts';

const rounds = 15;
const program = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;

function once(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // The client speaks second: the greeting goes out at once, and its CAPA comes back.
      socket.write('+OK ready\r\n');
      socket.once('data', () => {
        resolve(performance.now() - begin);
        socket.destroy();
        server.close();
      });
      socket.on('error', () => {});
    });
    let begin = 0;
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      begin = performance.now();
      const words = [program, 'status', '127.0.0.1', 'a', '--security', 'none', '--port', String(port)];
      const env = { ...process.env, POSTRIDER_PASSWORD: 'x' };
      spawn(process.execPath, words, { env, stdio: 'ignore' }).on('error', reject);
    });
  });
}

const times: number[] = [];
for (let round = 0; round < rounds; round++) times.push(await once());
report('Start-up of postrider status', [
  { name: 'to the first octet sent', value: `${median(times).toFixed(0)} ms (median of ${rounds})` },
  {
    name: 'best and worst',
    value: `${Math.min(...times).toFixed(0)} and ${Math.max(...times).toFixed(0)} ms`,
  },
]);
