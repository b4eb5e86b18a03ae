import { type Secret, secret } from '../protocol/index.ts';
import type { Credentials } from '../sasl/index.ts';

/**
 * Whom to log in as, and with what. Plain strings are wrapped at once, so that they show up nowhere. The session keeps them, wrapped, for as
 * long as it lives, whether they were sent or not: a server may quote them in any later answer, and nothing is to show them then.
 */
export interface CredentialOptions {
  readonly user: string;
  readonly password?: string | Secret<string> | undefined;
  /** The identity to act as, where it is another one (RFC 4422 section 2). */
  readonly authorizationId?: string | undefined;
  /** Lets the password or token cross a connection without TLS, where anybody on the way can read it. */
  readonly allowCleartextPassword?: boolean | undefined;
  /** How a non-ASCII password is written: UTF-8, or ISO 8859-1 for servers that predate it. */
  readonly passwordEncoding?: 'utf-8' | 'latin1' | undefined;
}

/** The credentials, wrapped. */
export function wrapCredentials(
  { user, password, authorizationId }: CredentialOptions,
  accessToken?: string | Secret<string>,
): Credentials {
  return {
    user,
    password: password === undefined ? undefined : secret(password),
    accessToken: accessToken === undefined ? undefined : secret(accessToken),
    authorizationId,
  };
}
