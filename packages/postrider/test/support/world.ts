import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeCertificate } from '../../src/certificate/certificate.ts';
import { type OAuthServer, startOAuthServer } from './oauth-server.ts';
import { walk } from './person.ts';
import { postriderIn, type Ran, type World } from './run.ts';

/** The person of the OAuth server, with a maildrop that takes that server's tokens, or a password. */
export const person = { user: 'ann@example.test', password: 'a secret word' } as const;

/** A maildrop that nobody has alone. */
export const shared = 'shared@example.test';

/** A mail server and an authorization server, and a user's folders, with nothing in them but a configuration. */
export interface MailWorld {
  /** Where everything is. */
  readonly folder: string;
  readonly oauth: OAuthServer;
  readonly pop3: Pop3Server;
  /** Tokens that the mail server was shown, in that order. */
  readonly shown: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What stands in the file in place of a keyring. */
  kept(): Readonly<Record<string, unknown>>;
  /** The tokens that are kept for an account. */
  tokens(account: string): Tokens;
  /** Changes the tokens that are kept. */
  change(account: string, changes: Partial<Tokens>): void;
  /** Writes a configuration, one account for each oauth table (undefined: one without), and gives its path. */
  configure(accounts: Readonly<Record<string, string | undefined>>, options?: ConfigureOptions): string;
  /** Writes a configuration as it is. */
  configureText(text: string): void;
  /** Runs the program. */
  run(words: readonly string[], answers?: readonly string[], world?: World): Promise<Ran>;
  /** Runs it with a person who goes to the address that is printed. */
  runWithPerson(words: readonly string[], answers?: readonly string[]): Promise<Ran>;
  close(): Promise<void>;
}

export interface ConfigureOptions {
  /** Lines for each account. */
  readonly lines?: readonly string[] | undefined;
  readonly user?: string | undefined;
  /** The file's name: `config.toml` is the one that the program finds. */
  readonly file?: string | undefined;
}

/** A token record, as it is kept. */
export interface Tokens {
  readonly server: Readonly<Record<string, unknown>>;
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  readonly obtainedAt: number;
  readonly expiresAt?: number;
  readonly clientSecret?: string;
}

/** Starts both. `https`: the authorization server has the certificate of the mail server, which is in `ca.pem`. */
export async function makeMailWorld({ https = false }: { https?: boolean } = {}): Promise<MailWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-login-'));
  const certificate = await makeCertificate('localhost');
  const oauth = await startOAuthServer(https ? { tls: certificate } : {});
  writeFileSync(join(folder, 'ca.pem'), certificate.cert);
  const shown: string[] = [];
  const pop3 = new Pop3Server({
    users: {
      password: (user) => (user === person.user ? person.password : undefined),
      // ann+2@example.test has a maildrop of her own, and the same sign-in; the shared maildrop is the application's.
      checkToken: async (user, token) => {
        shown.push(token);
        const owner = user === shared ? oauth.daemonClientId : user.replace(/\+\d+/, '');
        return (await oauth.userOf(token)) === owner;
      },
    },
    maildrop: () => new MemoryMaildrop(['Subject: hello\n\nworld\n']),
    tls: certificate,
    failureDelay: 0,
  });
  const { port } = await pop3.listen({ security: 'tls' });
  const config = join(folder, 'config.toml');
  const secrets = join(folder, 'postrider', 'secrets.json');
  const env = { XDG_STATE_HOME: folder, POSTRIDER_CONFIG: config };
  const kept = (): Record<string, unknown> => JSON.parse(readFileSync(secrets, 'utf8'));
  const run: MailWorld['run'] = (words, answers, world) =>
    postriderIn({ env, ...(answers === undefined ? {} : { answers }), ...world }, words);
  return {
    folder,
    oauth,
    pop3,
    shown,
    env,
    kept,
    tokens: (account) => JSON.parse(String(kept()[`oauth/${account}`])),
    change: (account, changes) => {
      const all = kept();
      const tokens = { ...JSON.parse(String(all[`oauth/${account}`])), ...changes };
      writeFileSync(secrets, JSON.stringify({ ...all, [`oauth/${account}`]: JSON.stringify(tokens) }));
    },
    configure: (accounts, { lines = [], user = person.user, file = 'config.toml' } = {}) => {
      const tables = Object.entries(accounts).map(
        ([name, table]) => `[accounts.${name}]
host = "localhost"
user = "${user}"
port = ${port}
ca = "${join(folder, 'ca.pem')}"
${lines.join('\n')}
${table === undefined ? '' : `[accounts.${name}.oauth]\n${table}\n`}`,
      );
      const path = join(folder, file);
      writeFileSync(path, tables.join('\n'), { mode: 0o600 });
      return path;
    },
    configureText: (text) => writeFileSync(config, text, { mode: 0o600 }),
    run,
    runWithPerson: (words, answers) => {
      const visits: Promise<unknown>[] = [];
      const onDiagnostic = (text: string): void => {
        const address =
          /^ {2}(http:\S+)$/m.exec(text)?.[1] ?? /holds the code already: (\S+)/.exec(text)?.[1];
        if (address !== undefined) visits.push(walk(address));
      };
      return run(words, answers, { onDiagnostic }).finally(() => Promise.all(visits));
    },
    close: async () => {
      await pop3.close();
      await oauth.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An oauth table for the server, with what the program needs to know of it. */
export function table(oauth: OAuthServer, lines: readonly string[] = []): string {
  return [
    `issuer = "${oauth.issuer}"`,
    `client-id = "${oauth.clientId}"`,
    'scopes = ["openid", "offline_access", "mail"]',
    ...lines,
  ].join('\n');
}
