import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { exitCode, ProgramError } from '../failure/index.ts';
import type { AccountConfig, Config } from './schema.ts';

/** The accounts of a configuration file, by name, and where they stand. */
export interface LoadedConfig {
  readonly path: string;
  /** The file exists. */
  readonly exists: boolean;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
}

/** Where the configuration is: the file that was named, or the user's own (XDG). */
export function configPath(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (named !== undefined) return named;
  const chosen = env['POSTRIDER_CONFIG'] ?? '';
  if (chosen !== '') return chosen;
  const folder = env['XDG_CONFIG_HOME'] ?? '';
  return join(folder === '' ? join(env['HOME'] ?? homedir(), '.config') : folder, 'postrider', 'config.toml');
}

/**
 * Reads the configuration. The user's own file need not exist; one that was named must.
 *
 * @throws ProgramError with line and column of what is wrong.
 */
export async function loadConfig(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoadedConfig> {
  const path = configPath(named, env);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && named === undefined) return { path, exists: false, accounts: new Map() };
    const reason = missing ? 'it does not exist' : error instanceof Error ? error.message : String(error);
    throw new ProgramError(`${path}: ${reason}`, exitCode.configuration, 'Check the path.', error);
  }
  const config = await parseConfig(source, path);
  await refuseReadable(path, config);
  return { path, exists: true, accounts: new Map(Object.entries(config.accounts ?? {})) };
}

async function parseConfig(source: string, path: string): Promise<Config> {
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
      'Correct the file: it is TOML (toml.io).',
    );
  }
  const checked = configSchema.safeParse(value);
  if (checked.success) return checked.data;
  const { describeIssue } = await import('./issue.ts');
  const { message, hint } = describeIssue(checked.error, source);
  throw new ProgramError(`${path}:${message}`, exitCode.configuration, hint);
}

// A command may hold a secret, and always does what it says: nobody else may write it, or read it.
async function refuseReadable(path: string, config: Config): Promise<void> {
  const commands = Object.values(config.accounts ?? {}).some(
    (account) =>
      account['password-command'] !== undefined ||
      account['token-command'] !== undefined ||
      account.oauth?.['client-secret-command'] !== undefined,
  );
  if (!commands || process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  throw new ProgramError(
    `${path} holds commands that give passwords, and others can read it (mode ${(mode & 0o777).toString(8)})`,
    exitCode.configuration,
    `Run: chmod 600 ${path}`,
  );
}
