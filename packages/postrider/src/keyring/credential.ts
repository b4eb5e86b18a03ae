import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '@postrider/pop3';
import type { Context } from '../context.ts';
import type { Credential } from '../credential/credential.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { openKeyring, type SecretStore } from './keyring.ts';
import { openSecretFile } from './secret-file-store.ts';

/** The stores to look into: the keyring, where there is one, and the file that stands in for it. */
export async function secretStores(context: Context): Promise<readonly SecretStore[]> {
  const keyring = await openKeyring();
  const file = openSecretFile(join(stateFolder(context.io.env), 'secrets.json'));
  return keyring === undefined ? [file] : [keyring, file];
}

/**
 * Keeps a secret in the first store that takes it, and gives that store. A keyring may be there and refuse: then the file takes its place, and the user is told.
 */
export async function keepSecret(
  context: Context,
  name: string,
  value: Secret<string>,
): Promise<SecretStore> {
  const stores = await secretStores(context);
  for (const [index, store] of stores.entries()) {
    try {
      await store.set(name, value);
      if (index > 0 || stores.length === 1) {
        context.output.note(
          `note: there is no keyring that works here; it is kept in ${store.description}, which only you can read`,
        );
      }
      return store;
    } catch (error) {
      if (index === stores.length - 1) throw error;
    }
  }
  throw new ProgramError('there is no place to keep the password', exitCode.localIo);
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
  const stores = await secretStores(context);
  for (const store of stores) {
    // A keyring may be there and refuse, as where nobody is logged in to the desktop: then the file is asked.
    const password = await store.get(passwordName(account)).catch((error: unknown) => {
      if (store === stores.at(-1)) throw error;
      context.output.detail(
        `${store.description} refuses: ${error instanceof Error ? error.message : error}`,
      );
      return undefined;
    });
    if (password !== undefined) return { password, source: store.description };
  }
  return undefined;
}
