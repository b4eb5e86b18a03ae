import { join } from 'node:path';
import type { Secret } from '@postrider/pop3';
import { stateFolder } from '../config/state-folder.ts';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { openKeyring, type SecretStore } from './keyring.ts';
import { openSecretFile } from './secret-file-store.ts';

/** The stores to look into: the keyring, where there is one, and the file that stands in for it. */
export async function secretStores({ io }: Context): Promise<readonly SecretStore[]> {
  const keyring = await openKeyring(io.env);
  const file = openSecretFile(join(stateFolder(io.env), 'secrets.json'));
  return keyring === undefined ? [file] : [keyring, file];
}

/**
 * Keeps a secret in the first store that takes it, and gives that store. A keyring may be there and refuse, or find the secret too long (Windows): then the
 * file takes its place, and the user is told, unless `quiet`.
 */
export async function keepSecret(
  context: Context,
  name: string,
  value: Secret<string>,
  { quiet = false }: { quiet?: boolean } = {},
): Promise<SecretStore> {
  const stores = await secretStores(context);
  for (const [index, store] of stores.entries()) {
    try {
      await store.set(name, value);
    } catch (error) {
      if (index === stores.length - 1) throw error;
      continue;
    }
    if (!quiet && (index > 0 || stores.length === 1)) {
      context.output.note(
        `note: there is no keyring that works here; it is kept in ${store.description}, which only you can read`,
      );
    }
    // An older one elsewhere would be found first.
    for (const other of stores) if (other !== store) await other.remove(name).catch(() => false);
    return store;
  }
  throw new ProgramError('there is no place to keep the secret', exitCode.localIo);
}

/** What is kept under a name, and where. */
export async function findSecret(
  context: Context,
  name: string,
): Promise<{ readonly value: Secret<string>; readonly store: SecretStore } | undefined> {
  const stores = await secretStores(context);
  let refused: string | undefined;
  for (const store of stores) {
    try {
      const value = await store.get(name);
      if (value !== undefined) return { value, store };
    } catch (error) {
      // A keyring may be there and refuse, as where nobody is logged in to the desktop: then the file is asked.
      if (store === stores.at(-1)) throw error;
      refused = refusal(store, error);
    }
  }
  if (refused !== undefined) context.output.warn(refused);
  return undefined;
}

/**
 * Whether anything is kept under these names.
 *
 * @throws ProgramError where a keyring has something and refuses: nobody could say that it is forgotten.
 */
export async function isKept(context: Context, names: readonly string[]): Promise<boolean> {
  const stores = await secretStores(context);
  let found = false;
  for (const store of stores) {
    try {
      for (const name of names) if ((await store.get(name)) !== undefined) found = true;
    } catch (error) {
      if (store === stores.at(-1)) throw error;
      throw new ProgramError(
        refusal(store, error),
        exitCode.localIo,
        'Unlock it, and run it again. With POSTRIDER_KEYRING=none it is left as it is.',
      );
    }
  }
  return found;
}

/** Forgets what is kept under a name, wherever it is. True: there was something. A keyring that refuses is named. */
export async function forgetSecret(context: Context, name: string): Promise<boolean> {
  const stores = await secretStores(context);
  let found = false;
  for (const store of stores) {
    try {
      if (await store.remove(name)) found = true;
    } catch (error) {
      if (store === stores.at(-1)) throw error;
      context.output.warn(refusal(store, error));
    }
  }
  return found;
}

function refusal({ description }: SecretStore, error: unknown): string {
  return `${description} is there, and refuses: ${error instanceof Error ? error.message : String(error)}`;
}
