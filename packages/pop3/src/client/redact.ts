import { decodeLatin1, encodeText, type ResponseCode } from '../protocol/index.ts';
import { type Credentials, encodeBase64, encodeHex, type TokenError } from '../sasl/index.ts';

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

/** A response code, unless the server has put a secret into it. It comes in upper case. */
export function redactCode(code: ResponseCode | undefined, redact: Redact): ResponseCode | undefined {
  return code === undefined || redact(code.code) === code.code ? code : undefined;
}

/** What the server said about a token, without the token. */
export function redactTokenError(error: TokenError | undefined, redact: Redact): TokenError | undefined {
  if (error === undefined) return undefined;
  const { status, scope, schemes } = error;
  return { status: redact(status), scope: scope && redact(scope), schemes: schemes && redact(schemes) };
}

// As it is, in either encoding, and as somebody who looks through logs would find it.
function formsOf(value: string): string[] {
  const octets = encodeText(value);
  const encodings = [octets, latin1Of(value)].filter((one) => one !== undefined);
  const encoded = encodings.flatMap((one) => {
    const hexadecimal = encodeHex(one);
    return [...base64Of(one), hexadecimal, hexadecimal.toUpperCase()];
  });
  return [
    value,
    decodeLatin1(octets),
    value.toUpperCase(),
    ...encoded.filter(({ length }) => length >= shortestCut),
  ];
}

// Base64 of something that holds it: which characters depend on it alone is decided by where it begins.
function base64Of(octets: Uint8Array): string[] {
  return [0, 1, 2].map((shift) => {
    const shifted = new Uint8Array(shift + octets.length);
    shifted.set(octets, shift);
    return encodeBase64(shifted).slice(Math.ceil((shift * 4) / 3), Math.floor((shifted.length * 4) / 3));
  });
}

function latin1Of(value: string): Uint8Array | undefined {
  const units = Array.from(value, (character) => character.codePointAt(0) ?? 0);
  return units.every((unit) => unit <= 0xff) ? Uint8Array.from(units) : undefined;
}

function standsAlone(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + value.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}
