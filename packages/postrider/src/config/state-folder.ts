import { join } from 'node:path';
import { userFolder } from './path.ts';

/** The user's folder for state (XDG): ledger, secrets, locks. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(userFolder(env, 'XDG_STATE_HOME', '.local/state'), 'postrider');
}
