import { encodeText, LocalProtocolError } from '../protocol/index.ts';
import type { Credentials, ExchangeContext } from './mechanism.ts';

/**
 * The user name to log in with.
 *
 * @throws LocalProtocolError where it is empty or cannot be sent (CR, LF, NUL, half a surrogate pair).
 */
export function requireUser({ user }: Credentials): string {
  if (user === '') throw new LocalProtocolError('a user name is needed to log in');
  return requireSendable(user, 'user name');
}

/** The identity to act as; undefined where it is the user's own. */
export function authorizationIdOf({ authorizationId }: Credentials): string | undefined {
  if (authorizationId === undefined || authorizationId === '') return undefined;
  return requireSendable(authorizationId, 'authorization identity');
}

/**
 * The password, in clear: to be encoded at once.
 *
 * @throws LocalProtocolError where there is none, or it cannot be sent.
 */
export function requirePassword({ password }: Credentials): string {
  const text = password?.reveal() ?? '';
  if (text === '') throw new LocalProtocolError('a password is needed, and it must not be empty');
  return requireSendable(text, 'password');
}

/**
 * The password's octets in the encoding that the caller chose, otherwise as it was given: PLAIN leaves its preparation
 * to the server (RFC 4616 section 2), and servers that do none would refuse a prepared one.
 *
 * @throws LocalProtocolError where ISO 8859-1 was chosen and cannot express it.
 */
export function encodePassword({
  credentials,
  passwordEncoding,
}: Pick<ExchangeContext, 'credentials' | 'passwordEncoding'>): Uint8Array {
  const password = requirePassword(credentials);
  if (passwordEncoding === 'utf-8') return encodeText(password);
  const octets = new Uint8Array(password.length);
  for (let index = 0; index < password.length; index++) {
    const unit = password.charCodeAt(index);
    if (unit > 0xff) {
      throw new LocalProtocolError('the password holds characters that ISO 8859-1 (latin1) does not have', {
        hint: "Use passwordEncoding 'utf-8'.",
      });
    }
    octets[index] = unit;
  }
  return octets;
}

/**
 * The access token, in clear.
 *
 * @throws LocalProtocolError where there is none, or it holds anything but printable US-ASCII (RFC 6750 section 2.1).
 */
export function requireAccessToken({ accessToken }: Credentials): string {
  const token = accessToken?.reveal() ?? '';
  if (token === '') throw new LocalProtocolError('an access token is needed, and it must not be empty');
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new LocalProtocolError('the access token holds white space or characters that no token can have', {
      hint: 'Give the token alone, without a header name, quotes or a line end.',
    });
  }
  return token;
}

// The value is not quoted: it may be the password.
function requireSendable(text: string, what: string): string {
  if (/[\0\r\n]/.test(text)) {
    throw new LocalProtocolError(`the ${what} holds CR, LF or NUL, which cannot be sent`, {
      hint: 'If it was read from a file, its line end may have come along.',
    });
  }
  if (!text.isWellFormed()) {
    throw new LocalProtocolError(`the ${what} holds half a surrogate pair, which has no encoding`);
  }
  return text;
}
