import {
  type AccessTokenSource,
  type AuthenticateOptions,
  type AuthenticationResult,
  type ConnectOptions,
  isPop3Error,
  Pop3Client,
} from '@postrider/pop3';
import type { Context } from '../context.ts';
import { during } from '../failure/index.ts';
import { authenticateWith, connectOptions, credentialFor, endpointLabel } from './options.ts';
import type { Target } from './target.ts';

/** A session that has logged in. */
export interface LoggedIn {
  readonly client: Pop3Client;
  readonly result: AuthenticationResult;
  /** `host:port`. */
  readonly where: string;
}

/** Everything that is needed to log in to a maildrop, as often as necessary. */
export interface LoginPlan {
  readonly connect: ConnectOptions;
  readonly authenticate: AuthenticateOptions;
  readonly where: string;
  /** What to do where the server refuses the credential, if more is known than to check it. */
  readonly remedy?: string | undefined;
}

/** Collects what a login needs; may ask for a password. */
export async function planLogin(context: Context, target: Target): Promise<LoginPlan> {
  const connect = await connectOptions(context, target);
  const credential = await credentialFor(context, target);
  const authenticate = authenticateWith(context, target, credential);
  return { connect, authenticate, where: endpointLabel(connect), remedy: credential.remedy };
}

// Of these the user was told: once is enough, however often they are tried again.
const unprotected = new WeakSet<LoginPlan>();

/** Connects and logs in, and says so about a connection without TLS. */
export async function logIn(context: Context, plan: LoginPlan): Promise<LoggedIn> {
  const { connect, authenticate, where, remedy } = plan;
  const { output } = context;
  if (connect.security === 'none' && !unprotected.has(plan)) {
    unprotected.add(plan);
    output.note(
      `note: ${where}: no TLS (--security none): whoever is on the way can read and change the mail`,
    );
  }
  const { options, refreshed } = watchSource(authenticate);
  try {
    return await open(context, { connect, authenticate: options, where, remedy });
  } catch (error) {
    // Servers may end the session with the token that they refuse: the fresh one goes into a new session, once it is there.
    if (!hasEnded(error) || !(await refreshed())) throw error;
    output.detail(`${where}: the session ended with the expired token; once more with the fresh one`);
    return await open(context, plan);
  }
}

async function open(
  { output }: Context,
  { connect, authenticate, where, remedy }: LoginPlan,
): Promise<LoggedIn> {
  const client = await during(where, 'connecting', Pop3Client.connect(connect));
  try {
    const result = await during(where, 'logging in', client.authenticate(authenticate), (error) =>
      isRefusal(error) ? remedy : undefined,
    );
    output.detail(`${where}: logged in by ${result.mechanism}`);
    for (const { name, reason } of result.plan.left) output.detail(`${where}: not by ${name}: ${reason}`);
    return { client, result, where };
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** The same options, and whether their source had to give a fresh token: rejects where it has none. */
function watchSource(options: AuthenticateOptions): {
  readonly options: AuthenticateOptions;
  readonly refreshed: () => Promise<boolean>;
} {
  const { accessToken: source } = options;
  if (typeof source !== 'function') return { options, refreshed: async () => false };
  let fresh: ReturnType<AccessTokenSource> | undefined;
  const accessToken: AccessTokenSource = (why) => {
    const token = source(why);
    if (why === 'expired') fresh = token;
    return token;
  };
  return { options: { ...options, accessToken }, refreshed: async () => (await fresh) !== undefined };
}

function hasEnded(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return (
    isPop3Error(cause) && (cause.code === 'ERR_POP3_CONNECTION_CLOSED' || cause.code === 'ERR_POP3_TRANSPORT')
  );
}

function isRefusal(error: unknown): boolean {
  return isPop3Error(error) && error.code === 'ERR_POP3_AUTHENTICATION_REJECTED' && !error.transient;
}
