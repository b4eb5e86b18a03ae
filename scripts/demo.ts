// Starts the embedded server with a few messages, and lets the built command line ask for its status over TLS, STLS and plain TCP.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeAuthority } from '../packages/pop3/test/support/authority.ts';
import { demoMessages } from './demo-messages.ts';

const password = 'correct horse battery staple';
const maildrop = new MemoryMaildrop(demoMessages);
const folder = mkdtempSync(join(tmpdir(), 'postrider-demo-'));
const authority = await makeAuthority('CN=Demo authority');
const ca = join(folder, 'ca.pem');
writeFileSync(ca, authority.cert);
const common = { users: { ann: password }, maildrop: () => maildrop };
const server = new Pop3Server({ ...common, tls: await authority.issue() });
// One that knows of APOP and of nothing newer.
const oldServer = new Pop3Server({ ...common, mechanisms: [] });

const program = new URL('../packages/postrider/bin/postrider.js', import.meta.url).pathname;
const run = promisify(execFile);
try {
  for (const security of ['tls', 'starttls', 'none'] as const) {
    const { port } = await (security === 'none' ? oldServer : server).listen({ security });
    const words = ['status', 'localhost', 'ann', '--port', String(port), '--security', security];
    if (security !== 'none') words.push('--ca', ca);
    words.push('--verbose');
    console.log(`\n$ postrider ${words.join(' ').replace(ca, 'ca.pem')}`);
    const { stdout, stderr } = await run(process.execPath, [program, ...words], {
      env: { ...process.env, POSTRIDER_PASSWORD: password },
    });
    process.stdout.write(stderr.replaceAll(/^.*not by .*\n/gm, '') + stdout);
  }
} finally {
  await server.close();
  await oldServer.close();
  rmSync(folder, { recursive: true, force: true });
}
