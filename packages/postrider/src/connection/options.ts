import { readFile } from 'node:fs/promises';
import type { AuthenticateOptions, ConnectOptions } from '@postrider/pop3';
import type { Context } from '../context.ts';
import { type Credential, findCredential } from '../credential/credential.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import {
  actAsFlag,
  authFlag,
  caFlag,
  certFlag,
  cleartextFlag,
  keyFlag,
  passwordCommandFlag,
  passwordEncodingFlag,
  passwordFileFlag,
  pinFlag,
  portFlag,
  securityFlag,
  timeoutFlag,
  tokenCommandFlag,
} from '../flag/connection.ts';
import { proxyHook } from './proxy-hook.ts';
import type { Target } from './target.ts';
import { makeTrace } from './trace.ts';

/** How to connect to a maildrop: flags first, then its account. */
export async function connectOptions(
  { invocation, output, io }: Context,
  target: Target,
): Promise<ConnectOptions> {
  const { account, host } = target;
  const seconds = invocation.get(timeoutFlag) ?? account.timeout ?? 60;
  const wait = seconds * 1000;
  const connect = await proxyHook(invocation, account);
  return {
    host,
    port: invocation.get(portFlag) ?? account.port,
    security: invocation.get(securityFlag) ?? account.security ?? 'tls',
    tls: {
      ca: await readPem(invocation.get(caFlag) ?? account.ca, 'ca'),
      pin: invocation.get(pinFlag) ?? account.pin,
      cert: await readPem(invocation.get(certFlag) ?? account.cert, 'cert'),
      key: await readPem(invocation.get(keyFlag) ?? account.key, 'key'),
    },
    timeouts: {
      connect: Math.min(wait, 30_000),
      tls: Math.min(wait, 30_000),
      greeting: wait,
      command: wait,
      // Servers delay the answer to a login on purpose.
      pass: wait * 2,
      idle: wait,
      quit: wait,
    },
    ...(connect === undefined ? {} : { connect }),
    signal: io.signal,
    trace: makeTrace(invocation, output, target.label),
  };
}

/** What to log in with, out of the first source that has it. Asks for a password where no other source has one. */
export async function credentialFor(context: Context, target: Target): Promise<Omit<Credential, 'source'>> {
  const { invocation, io } = context;
  const { account } = target;
  const mechanisms = invocation.get(authFlag) ?? account.auth;
  if (mechanisms?.every((name) => name === 'external' || name === 'anonymous') === true) {
    return {};
  }
  const fromFlags = [passwordCommandFlag, passwordFileFlag, tokenCommandFlag].some((flag) =>
    invocation.has(flag),
  );
  return findCredential(
    {
      passwordCommand:
        invocation.get(passwordCommandFlag) ?? (fromFlags ? undefined : account['password-command']),
      passwordFile: invocation.get(passwordFileFlag) ?? (fromFlags ? undefined : account['password-file']),
      tokenCommand: invocation.get(tokenCommandFlag) ?? (fromFlags ? undefined : account['token-command']),
      keyring: () => fromKeyring(context, target),
      takes: mechanisms?.every(takesToken) === true ? 'token' : undefined,
    },
    { io, question: passwordQuestion(target) },
  );
}

/** How to log in to it with a credential that is there already. */
export function authenticateWith(
  { invocation, io }: Context,
  { account, user }: Target,
  { password, accessToken }: Pick<Credential, 'password' | 'accessToken'>,
): AuthenticateOptions {
  return {
    user,
    password,
    accessToken,
    mechanisms: invocation.get(authFlag) ?? account.auth,
    passwordEncoding: invocation.get(passwordEncodingFlag) ?? account['password-encoding'],
    authorizationId: invocation.get(actAsFlag) ?? account['act-as'],
    allowCleartextPassword: invocation.get(cleartextFlag) || account['allow-cleartext-password'] === true,
    signal: io.signal,
  };
}

function takesToken(mechanism: string): boolean {
  return mechanism === 'oauthbearer' || mechanism === 'xoauth2';
}

/** What a person is asked. */
export function passwordQuestion({ user, host }: Target): string {
  return `Password for ${user} at ${host}:`;
}

/** `host:port`, as error messages have it. */
export function endpointLabel({ host, port, security = 'tls' }: ConnectOptions): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${shown}:${port ?? (security === 'tls' ? 995 : 110)}`;
}

async function fromKeyring(
  context: Context,
  { accountName, account }: Target,
): Promise<Credential | undefined> {
  if (accountName === undefined) return undefined;
  const { credentialFromKeyring } = await import('../keyring/credential.ts');
  return credentialFromKeyring(accountName, context, { wantsToken: account.oauth !== undefined });
}

async function readPem(path: string | undefined, flag: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProgramError(
      `the file of --${flag} cannot be read: ${reason}`,
      exitCode.localIo,
      'Check the path and its permissions.',
      error,
    );
  }
}
