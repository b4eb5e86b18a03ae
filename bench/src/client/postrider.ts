import { join } from 'node:path';
import type { Client, Task } from './client.ts';

const program = new URL('../../../packages/postrider/bin/postrider.js', import.meta.url).pathname;

/** Our own command line, as built. */
export const postrider: Client = {
  name: 'postrider',
  format: 'maildir',
  durable: true,
  installed: () => true,
  command: (task) => collectCommand(task),
};

/** `postrider collect` into a Maildir, with a ledger beside it. The password comes from the environment. */
export function collectCommand(
  { output, port, security, ca, user }: Task,
  more: readonly string[] = [],
): readonly string[] {
  const place = ['--port', String(port), '--security', security, '--ca', ca];
  const ledger = join(output, 'state', 'ledger.sqlite');
  const target = ['--to', `maildir:${join(output, 'Mail')}`, '--ledger', ledger];
  return [process.execPath, program, 'collect', 'localhost', user, ...place, ...target, '--quiet', ...more];
}
