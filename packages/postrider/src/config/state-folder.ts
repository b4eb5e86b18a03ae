import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's folder for state (XDG): ledger, secrets, locks. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const folder = env['XDG_STATE_HOME'] ?? '';
  return join(folder === '' ? join(env['HOME'] ?? homedir(), '.local', 'state') : folder, 'postrider');
}
