import {
  decodeLatin1,
  encodeText,
  escapeExcerpt,
  type LineEvent,
  type Secret,
  type StatusLine,
  secret,
} from '../protocol/index.ts';
import { type Credentials, encodeBase64, encodeHex, type TokenError } from '../sasl/index.ts';

const withheld = "[the server's words are left out: they hold the secret]";

// Where a shorter secret was cut out of a sentence, the sentence would tell what it is.
const shortestCut = 6;
// A shorter beginning of a secret says nothing about the rest of it.
const shortestBeginning = 3;
const tokenErrorLength = 300;

// Capabilities and response codes that every server has: they decide what is done, and say nothing about a password of the same name.
const protocolWords: ReadonlySet<string> = new Set(
  'TOP USER SASL UIDL PIPELINING STLS UTF8 LANG EXPIRE IMPLEMENTATION RESP-CODES AUTH-RESP-CODE LOGIN-DELAY IN-USE SYS/TEMP SYS/PERM AUTH'.split(
    ' ',
  ),
);

/** How secrets may be written, longest first, so that none is left in pieces by another one that is a part of it. */
interface Forms {
  readonly long: readonly string[];
  readonly short: readonly string[];
}

/**
 * Takes secrets out of what a server says, before it reaches an error, a result or a trace. A session has one.
 *
 * A server that knows a secret may quote it at any time, long after the login. So whatever a login was given is kept, wrapped, for as long
 * as its session is: also what was never sent, and what the server refused.
 */
export class Redactor {
  readonly #credentials: Secret<string>[] = [];
  readonly #sent: Secret<string>[] = [];
  // Made when it is needed first: most sessions never show what a server says.
  #forms: Secret<Forms> | undefined;

  /** From now on the password and the token are taken out, in every form. To be called before anything of a login is sent. */
  addCredentials({ password, accessToken }: Pick<Credentials, 'password' | 'accessToken'>): void {
    for (const value of [password, accessToken]) if (value !== undefined) this.#add(this.#credentials, value);
  }

  /** From now on what was made from a secret, and sent, is taken out as it is. */
  addSent(octets: Secret<string>): void {
    this.#add(this.#sent, octets);
  }

  /** A text of the server without the secrets. `cut`: it may end in the middle of one. */
  redact(text: string, cut = false): string {
    if (text === '' || this.#credentials.length + this.#sent.length === 0) return text;
    this.#forms ??= secret(formsOf(this.#credentials, this.#sent));
    const { long, short } = this.#forms.reveal();
    if (short.some((value) => standsAlone(text, value))) return withheld;
    const redacted = long.reduce((rest, value) => rest.replaceAll(value, '[secret]'), text);
    return cut ? withoutBeginning(redacted, long) : redacted;
  }

  /** A text of the server for an error: without the secrets, escaped and cut short. */
  excerpt(text: string): string {
    return escapeExcerpt(this.redact(text));
  }

  /** A status line without the secrets. A response code with one, or that is a part of one, is no response code. */
  redactStatus({ text, responseCode, line }: Omit<StatusLine, 'status'>): Omit<StatusLine, 'status'> {
    const shown = this.redact(line);
    if (responseCode !== undefined && !protocolWords.has(responseCode.code)) {
      const whole = line.replace(/^\S+\s*/, '');
      const redacted = this.redact(whole);
      if (redacted !== whole) return { text: redacted, responseCode: undefined, line: shown };
    }
    return { text: this.redact(text), responseCode, line: shown };
  }

  /** A line of an answer. Listings are values, and stay as they are: a unique-id is not what is told to a person. */
  redactLine({ command, text }: LineEvent): string {
    if (command.keyword === 'LIST' || command.keyword === 'UIDL') return text;
    const [tag = ''] = text.split(/[ \t]/, 1);
    const harmless =
      command.keyword === 'CAPA' && protocolWords.has(tag.toUpperCase()) && this.redact(tag) !== tag;
    return harmless ? tag + this.redact(text.slice(tag.length)) : this.redact(text);
  }

  /** What the server said about a token, cut short. */
  redactTokenError(error: TokenError | undefined): TokenError | undefined {
    if (error === undefined) return undefined;
    const { status, scope, schemes } = error;
    const show = (text: string): string => this.redact(text).slice(0, tokenErrorLength);
    return { status: show(status), scope: scope && show(scope), schemes: schemes && show(schemes) };
  }

  #add(known: Secret<string>[], value: Secret<string>): void {
    const text = value.reveal();
    if (text === '' || known.some((one) => one.reveal() === text)) return;
    known.push(value);
    this.#forms = undefined;
  }
}

function formsOf(credentials: readonly Secret<string>[], sent: readonly Secret<string>[]): Forms {
  const written = [
    ...credentials.flatMap((value) => formsOfSecret(value.reveal())),
    ...sent.map((value) => value.reveal()),
  ];
  // A response code comes in upper case.
  const forms = [...new Set(written.flatMap((form) => [form, form.toUpperCase()]))];
  return {
    long: forms.filter(({ length }) => length >= shortestCut).sort((a, b) => b.length - a.length),
    short: forms.filter(({ length }) => length < shortestCut),
  };
}

// As it is, in either encoding, quoted, and as somebody who looks through logs would find it.
function formsOfSecret(value: string): string[] {
  const octets = encodeText(value);
  const encodings = [octets, latin1Of(value)].filter((one) => one !== undefined);
  const encoded = encodings.flatMap((one) => [...base64Of(one), encodeHex(one)]);
  const readable = [value, decodeLatin1(octets)];
  return [
    ...readable,
    ...readable.map((one) => JSON.stringify(one).slice(1, -1)),
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

// The longest end of the text that one of the forms begins with.
function withoutBeginning(text: string, forms: readonly string[]): string {
  const longest = Math.max(0, ...forms.map(({ length }) => length - 1));
  for (let length = Math.min(longest, text.length); length >= shortestBeginning; length--) {
    const end = text.slice(-length);
    if (forms.some((form) => form.startsWith(end))) return `${text.slice(0, -length)}[secret]`;
  }
  return text;
}

function standsAlone(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + value.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}
