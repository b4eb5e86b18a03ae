import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDovecot } from '../../interop/src/dovecot.ts';
import type { Task } from './client/client.ts';
import { collectCommand } from './client/postrider.ts';
import { fill } from './corpus.ts';
import { type Measured, measure } from './measure.ts';
import { makeFolder } from './place.ts';
import { judgePeak, report } from './report.ts';

const user = 'bench';
const password = 'bench-password';
const mostMegabytes = 150;

/** What a long listing costs: to note it, to find it all known, to bring ten of its messages home, to bring all, to delete all, and to find none left. */
export async function measureListing(messages: number): Promise<void> {
  const folder = makeFolder('memory') ?? makeFolder('disk');
  if (folder === undefined) throw new Error('there is nowhere to write to');
  const dovecot = await startDovecot({ users: { [user]: password }, folder: folder.path });
  try {
    const { octets } = fill(dovecot, user, { count: messages, bodyOctets: () => 200 });
    const run = (name: string, more: readonly string[]): Promise<Measured> => {
      const output = join(folder.path, name);
      mkdirSync(output, { recursive: true, mode: 0o700 });
      const place = { output, port: dovecot.port, ca: dovecot.certificate.caFile };
      const task: Task = { ...place, security: 'none', user, password, messages, durable: false };
      return measure(collectCommand(task, more), {
        ...process.env,
        HOME: output,
        POSTRIDER_PASSWORD: password,
      });
    };
    // The server makes its index in the first one.
    await run('warm', ['--new-only']);
    const noted = await run('known', ['--new-only']);
    const known = await run('known', []);
    const some = await run('some', ['--limit', '10']);
    const collected = await run('collected', []);
    const again = await run('collected', []);
    const deleted = await run('collected', ['--delete']);
    const none = await run('collected', ['--delete']);
    const title = `listing: ${messages} messages (${(octets / 1e6).toFixed(0)} MB), postrider alone`;
    const value = ({ seconds, cpuSeconds, peakMegabytes }: Measured): string =>
      `${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, peak ${peakMegabytes.toFixed(0)} MB`;
    report(title, [
      { name: 'noted as not wanted', value: value(noted) },
      { name: 'none of them new', value: value(known) },
      { name: 'ten collected', value: value(some) },
      { name: 'all collected', value: value(collected) },
      { name: 'all known', value: value(again) },
      { name: 'all deleted', value: value(deleted) },
      { name: 'none left', value: value(none) },
    ]);
    const all = [noted, known, some, collected, again, deleted, none];
    const peak = Math.max(...all.map(({ peakMegabytes }) => peakMegabytes));
    console.log(`  target: ${judgePeak(peak, mostMegabytes)}`);
  } finally {
    await dovecot.stop();
    folder.remove();
  }
}
