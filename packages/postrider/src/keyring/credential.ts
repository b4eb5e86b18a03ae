import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import type { Credential } from '../credential/credential.ts';
import { openKeyring, type SecretStore } from './keyring.ts';
import { openSecretFile } from './secret-file-store.ts';

/** The stores to look into: the keyring, where there is one, and the file that stands in for it. */
export async function secretStores(context: Context): Promise<readonly SecretStore[]> {
  const keyring = await openKeyring();
  const file = openSecretFile(join(stateFolder(context.io.env), 'secrets.json'));
  return keyring === undefined ? [file] : [keyring, file];
}

/** The user's folder for state (XDG): ledger, secrets. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const folder = env['XDG_STATE_HOME'] ?? '';
  return join(folder === '' ? join(env['HOME'] ?? homedir(), '.local', 'state') : folder, 'postrider');
}

/** The name that a password of an account is kept under. */
export function passwordName(account: string): string {
  return `password/${account}`;
}

/** What `postrider login` kept for an account. */
export async function credentialFromKeyring(
  account: string,
  context: Context,
): Promise<Credential | undefined> {
  for (const store of await secretStores(context)) {
    const password = await store.get(passwordName(account));
    if (password !== undefined) return { password, source: store.description };
  }
  return undefined;
}
