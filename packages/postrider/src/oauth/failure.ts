import { exitCode, ProgramError } from '../failure/index.ts';

/** The codes of RFC 6749, 8628 and OpenID Connect that say more than that something was refused: exit code, and what to do. */
// A map: a server may answer `constructor`.
const meanings: ReadonlyMap<string, readonly [code: number, hint: string]> = new Map([
  ['access_denied', [exitCode.loginRefused, 'Sign in again, and allow the access to mail.']],
  // What Microsoft says for it.
  ['authorization_declined', [exitCode.loginRefused, 'Sign in again, and allow the access to mail.']],
  ['expired_token', [exitCode.loginRefused, 'The code was not entered in time: run it again.']],
  ['authorization_pending', [exitCode.loginRefused, 'Nobody entered the code: run it again.']],
  ['invalid_client', [exitCode.configuration, 'Check the client id, and whether it wants a client secret.']],
  [
    'unauthorized_client',
    [exitCode.configuration, 'Allow this way of signing in where the client is registered.'],
  ],
  ['unsupported_grant_type', [exitCode.configuration, 'Choose another way to sign in with --flow.']],
  [
    'invalid_scope',
    [exitCode.configuration, 'Allow the scopes where the client is registered, or set oauth.scopes.'],
  ],
  [
    'redirect_uri_mismatch',
    [exitCode.configuration, 'Register the redirect URI where the client is registered.'],
  ],
  ['temporarily_unavailable', [exitCode.temporary, 'Try again later.']],
  ['server_error', [exitCode.temporary, 'Try again later.']],
]);

/** The error code that an authorization server answered with, and its words. */
export function refusalOf(error: unknown): { readonly code: string; readonly text: string } | undefined {
  if (!(error instanceof Error) || !('error' in error) || typeof error.error !== 'string') return undefined;
  const words = 'error_description' in error ? error.error_description : undefined;
  const text = typeof words === 'string' && words !== '' ? `${error.error}: ${words}` : error.error;
  return { code: error.error, text: text.replace(/\s+/g, ' ').slice(0, 300) };
}

/** Whether the trouble is with the way to the server, or a passing one of the server: later it may work. */
export function isPassing(error: unknown): boolean {
  const code = error instanceof ProgramError ? error.exitCode : undefined;
  return code === exitCode.unreachable || code === exitCode.temporary;
}

/**
 * Makes a sentence of what the OAuth library threw. What it threw is not kept as the cause: the answers of servers hang on it, and tokens stand
 * in them.
 */
export function oauthFailure(error: unknown, server: string, phase: string): unknown {
  if (error instanceof ProgramError) return error;
  const refusal = refusalOf(error);
  if (refusal !== undefined) {
    const [code, hint] = meanings.get(refusal.code) ?? [
      exitCode.loginRefused,
      'Sign in again: postrider login.',
    ];
    return new ProgramError(`${server}: while ${phase}: it was refused (${refusal.text})`, code, hint);
  }
  if (!(error instanceof Error)) return error;
  const library = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (library === 'OAUTH_TIMEOUT') {
    return new ProgramError(
      `${server}: while ${phase}: it did not answer in time`,
      exitCode.temporary,
      'Try again later.',
    );
  }
  if (library === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE') {
    // How servers refuse a client that came with a secret (RFC 6749 section 5.2).
    return new ProgramError(
      `${server}: while ${phase}: it does not accept the client id or its secret (HTTP status 401)`,
      exitCode.configuration,
      'Check the client id and the client secret.',
    );
  }
  const unknown = error.name === 'ClientError' && library === '';
  if ((error instanceof TypeError || unknown) && error.cause instanceof Error) {
    // What fetch throws where there is no connection, as it is or in the library's wrapping.
    return unreachable(error.cause, `${server}: while ${phase}`);
  }
  if (!library.startsWith('OAUTH_') && error.name !== 'ClientError') return error;
  const status = answerOf(error)?.status;
  const passing = status !== undefined && (status >= 500 || status === 429);
  return new ProgramError(
    `${server}: while ${phase}: ${status === undefined ? explanation(error) : `it answered with ${status === 200 ? 'something that is no JSON' : `HTTP status ${status}`}`}`,
    passing ? exitCode.temporary : exitCode.protocol,
    passing ? 'Try again later.' : 'Check the endpoints of the oauth table in the configuration.',
  );
}

/** The answer that the OAuth library could make nothing of at all. */
export function answerOf(error: unknown): Response | undefined {
  return error instanceof Error && error.cause instanceof Response ? error.cause : undefined;
}

// Below what the library says there is what the library below it says: which property is wrong, and never what stands in it.
function explanation({ message, cause }: Error): string {
  const known = cause instanceof Error && 'code' in cause && /^OAUTH_/.test(String(cause.code));
  return known ? cause.message : message;
}

// By the codes of OpenSSL and Node for certificates that fail a check, and for TLS that fails altogether.
const tlsCodes = /CERT|SIGNATURE|^ERR_(?:TLS|SSL)/;

function unreachable(cause: Error, what: string): ProgramError {
  if ('code' in cause && tlsCodes.test(String(cause.code))) {
    return new ProgramError(
      `${what}: TLS failed: ${cause.message}`,
      exitCode.protocol,
      'Check the address; for a certificate authority of your own, NODE_EXTRA_CA_CERTS names its file.',
    );
  }
  return new ProgramError(
    `${what}: it cannot be reached: ${cause.message}`,
    exitCode.unreachable,
    'Check the network, and the address of the provider.',
  );
}
