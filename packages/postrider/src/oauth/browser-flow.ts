import type { TokenEndpointResponse } from 'openid-client';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { countOf } from '../output/quantity.ts';
import type { OpenPage } from './browser.ts';
import type { OAuthClient } from './client.ts';
import { scopeParameter } from './grant.ts';
import { receiveRedirect } from './redirect.ts';
import type { OAuthSettings } from './settings.ts';

/** What the flows with a person have in common. */
export interface FlowOptions {
  readonly settings: OAuthSettings;
  readonly scopes: readonly string[];
  /** Whom the sign-in page is to suggest. */
  readonly user: string;
  /** How long the person may take, in milliseconds. */
  readonly milliseconds: number;
}

/** Authorization code with PKCE and a loopback redirect (RFC 8252, RFC 7636). */
export async function signInByBrowser(
  { output, io }: Context,
  { library, configuration }: OAuthClient,
  openPage: OpenPage | undefined,
  { settings, scopes, user, milliseconds }: FlowOptions,
): Promise<TokenEndpointResponse> {
  const { name, profile } = settings;
  const state = library.randomState();
  const verifier = library.randomPKCECodeVerifier();
  const receiver = await receiveRedirect(state, profile?.redirectHost);
  try {
    const address = library.buildAuthorizationUrl(configuration, {
      redirect_uri: receiver.uri,
      ...scopeParameter(scopes),
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      login_hint: user,
      ...(profile?.parameters ?? (scopes.includes('offline_access') ? { prompt: 'consent' } : {})),
    });
    output.instruct(`Sign in at ${name} with a browser on this machine:\n\n  ${address.href}\n`);
    if (openPage === undefined) {
      output.note('There is no browser to open here. With one on another machine: postrider help oauth');
    } else {
      await openPage(address.href).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        output.note(`The browser could not be opened: ${reason}`);
      });
    }
    const answer = await inTime(receiver.answer, milliseconds, io.signal);
    return await library.authorizationCodeGrant(configuration, answer, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
  } finally {
    await receiver.close();
  }
}

async function inTime<T>(work: Promise<T>, milliseconds: number, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  const timer = setTimeout(() => reject(nobodySignedIn(milliseconds)), milliseconds);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The person did not come. */
export function nobodySignedIn(milliseconds: number): ProgramError {
  return new ProgramError(
    `nobody signed in within ${countOf(milliseconds / 1000, 'second')}`,
    exitCode.temporary,
    'Run it again, and sign in with a browser on this machine; --wait gives more time, and --flow device does without a browser here.',
  );
}
