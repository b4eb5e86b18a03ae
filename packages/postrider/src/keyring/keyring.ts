import { type Secret, secret } from '@postrider/pop3';

const service = 'postrider';

/** Where secrets are kept between runs, by name. */
export interface SecretStore {
  /** For people: `the keyring`, or a path. */
  readonly description: string;
  get(name: string): Promise<Secret<string> | undefined>;
  set(name: string, value: Secret<string>): Promise<void>;
  /** True: there was one. */
  remove(name: string): Promise<boolean>;
}

/** The keyring of the operating system; undefined where there is none that works. */
export async function openKeyring(): Promise<SecretStore | undefined> {
  const { AsyncEntry } = await import('@napi-rs/keyring').catch(() => ({ AsyncEntry: undefined }));
  if (AsyncEntry === undefined) return undefined;
  try {
    // Machines without a keyring fail here already.
    await new AsyncEntry(service, 'postrider-probe').getPassword();
  } catch (error) {
    if (!isMissing(error)) return undefined;
  }
  return {
    description: "the operating system's keyring",
    get: async (name) => {
      try {
        const value = await new AsyncEntry(service, name).getPassword();
        return value === undefined || value === null ? undefined : secret(value);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    set: async (name, value) => new AsyncEntry(service, name).setPassword(value.reveal()),
    remove: async (name) => {
      try {
        return await new AsyncEntry(service, name).deletePassword();
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && /no matching entry|not found|NoEntry/i.test(error.message);
}
