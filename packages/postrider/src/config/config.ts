import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, ProgramError } from '../failure/index.ts';
import { userFolder } from './path.ts';
import type { AccountConfig, Config } from './schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The accounts of a configuration file, by name, and where they stand. */
export interface LoadedConfig {
  readonly path: string;
  /** The file exists. */
  readonly exists: boolean;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
}

/** Where the configuration is: the file that was named, or the user's own (XDG). */
export function configPath(named: string | undefined, env: Environment): string {
  return (
    namedPath(named, env) ?? join(userFolder(env, 'XDG_CONFIG_HOME', '.config'), 'postrider', 'config.toml')
  );
}

/**
 * Reads the configuration. The user's own file need not exist; one that was named must, unless it is `new`: about to be written.
 *
 * @throws ProgramError with line and column of what is wrong.
 */
export async function loadConfig(
  named: string | undefined,
  env: Environment,
  options: { readonly new?: boolean } = {},
): Promise<LoadedConfig> {
  const path = configPath(named, env);
  const file = await readConfig(path);
  if (file === undefined) {
    if (namedPath(named, env) === undefined || options.new === true)
      return { path, exists: false, accounts: new Map() };
    throw new ProgramError(`${path}: it does not exist`, exitCode.configuration, 'Check the path.');
  }
  const config = await parseConfig(decode(file.octets, path), path);
  refuseOthers(path, file, config);
  return { path, exists: true, accounts: config.accounts ?? new Map() };
}

/** Checks the text of a configuration file. @throws ProgramError */
export async function parseConfig(source: string, path: string): Promise<Config> {
  const [{ parse, TomlError }, { configSchema }] = await Promise.all([
    import('smol-toml'),
    import('./schema.ts'),
  ]);
  let value: unknown;
  try {
    value = parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'not TOML';
    throw new ProgramError(
      `${path}:${error.line}:${error.column}: ${what}`,
      exitCode.configuration,
      hintFor(what),
    );
  }
  const checked = configSchema.safeParse(value, { reportInput: true });
  if (checked.success) return checked.data;
  const { describeIssue } = await import('./issue.ts');
  const { message, hint } = describeIssue(checked.error, source);
  throw new ProgramError(`${path}:${message}`, exitCode.configuration, hint);
}

function hintFor(what: string): string {
  return /redefine|duplicate|already/i.test(what)
    ? 'It is there twice: take one of them out.'
    : 'Correct the file: it is TOML (toml.io). Texts stand in quotes.';
}

interface ConfigFile {
  readonly octets: Uint8Array;
  readonly mode: number;
  readonly owner: number;
}

async function readConfig(path: string): Promise<ConfigFile | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, uid } = await file.stat();
      return { octets: await file.readFile(), mode, owner: uid };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProgramError(
      `${path} cannot be read: ${reason}`,
      exitCode.configuration,
      'Check the path and its permissions.',
      error,
    );
  }
}

function decode(octets: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch (error) {
    throw new ProgramError(`${path}: it is not UTF-8`, exitCode.configuration, 'Save it as UTF-8.', error);
  }
}

// Who can write it chooses where passwords go, and which commands run; who can read it may find a secret in a command.
function refuseOthers(path: string, { mode, owner }: ConfigFile, config: Config): void {
  if (process.platform === 'win32') return;
  const own = process.getuid?.();
  if (owner !== own && owner !== 0) {
    throw new ProgramError(
      `${path} belongs to another user, who could choose where your passwords go`,
      exitCode.configuration,
      'Use a file of your own.',
    );
  }
  const shown = (mode & 0o777).toString(8).padStart(3, '0');
  if ((mode & 0o022) !== 0) {
    throw new ProgramError(
      `${path} can be written by others, who could choose where your passwords go (mode ${shown})`,
      exitCode.configuration,
      `Run: chmod 600 ${path}`,
    );
  }
  if ((mode & 0o077) !== 0 && [...(config.accounts?.values() ?? [])].some(holdsSecret)) {
    throw new ProgramError(
      `${path} holds secrets or commands that give them, and others can read it (mode ${shown})`,
      exitCode.configuration,
      `Run: chmod 600 ${path}`,
    );
  }
}

function holdsSecret(account: AccountConfig): boolean {
  const { proxy, oauth } = account;
  return (
    account['password-command'] !== undefined ||
    account['token-command'] !== undefined ||
    account['to-password-command'] !== undefined ||
    oauth?.['client-secret-command'] !== undefined ||
    (proxy !== undefined && /:\/\/[^/]*:[^/]*@/.test(proxy))
  );
}

function namedPath(named: string | undefined, env: Environment): string | undefined {
  if (named !== undefined) return named;
  const chosen = env['POSTRIDER_CONFIG'] ?? '';
  return chosen === '' ? undefined : chosen;
}
