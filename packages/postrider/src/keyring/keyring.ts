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

// On Linux the library would fall back to the kernel's key ring, which forgets everything when the machine restarts.
const options = { linux: { store: 'secret-service' } } as const;

/** The keyring of the operating system; undefined where there is none that works, or the user wants none (`POSTRIDER_KEYRING=none`). */
export async function openKeyring(
  env: Readonly<Record<string, string | undefined>>,
): Promise<SecretStore | undefined> {
  if (env['POSTRIDER_KEYRING'] === 'none') return undefined;
  const { AsyncEntry } = await import('@napi-rs/keyring').catch(() => ({ AsyncEntry: undefined }));
  if (AsyncEntry === undefined) return undefined;
  try {
    // Machines without a keyring fail here already.
    await new AsyncEntry(service, 'postrider-probe', options).getPassword();
  } catch {
    return undefined;
  }
  return {
    description: "the operating system's keyring",
    get: async (name) => {
      const value = await new AsyncEntry(service, name, options).getPassword();
      return value === null ? undefined : secret(value);
    },
    set: (name, value) => new AsyncEntry(service, name, options).setPassword(value.reveal()),
    remove: (name) => new AsyncEntry(service, name, options).deleteCredential(),
  };
}
