import { encodeText, type Secret, secret } from '../protocol/index.ts';
import { type Credentials, encodeBase64, encodeHex } from '../sasl/index.ts';

/** Whom to log in as, and with what. Plain strings are wrapped at once, so that they show up nowhere. */
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

const withheld = "[the server's words are left out: they hold the secret]";

// Where a shorter secret was cut out of a sentence, the sentence would tell what it is.
const shortestCut = 6;

/** Removes from a text that the server wrote what must not be shown. */
export type Redact = (text: string) => string;

/** Removes the credentials from a text that the server wrote: some servers quote the password that they refuse. */
export function redactCredentials({ password, accessToken }: Credentials): Redact {
  const secrets = [password?.reveal() ?? '', accessToken?.reveal() ?? ''].filter((value) => value !== '');
  return redactValues(secrets.flatMap(formsOf));
}

/** Removes values, longest first, so that none is left in pieces by another one that is a part of it. */
export function redactValues(values: readonly string[]): Redact {
  const cut = values.filter(({ length }) => length >= shortestCut).sort((a, b) => b.length - a.length);
  const short = values.filter(({ length }) => length > 0 && length < shortestCut);
  return (text) => {
    if (short.some((value) => standsAlone(text, value))) return withheld;
    return cut.reduce((redacted, value) => redacted.replaceAll(value, '[secret]'), text);
  };
}

// As it is, and as somebody who looks through logs would find it.
function formsOf(value: string): string[] {
  const octets = encodeText(value);
  const base64 = encodeBase64(octets).replace(/=+$/, '');
  const hexadecimal = encodeHex(octets);
  return [
    value,
    ...[base64, hexadecimal, hexadecimal.toUpperCase()].filter(({ length }) => length >= shortestCut),
  ];
}

function standsAlone(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + value.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}
