// msg-id of RFC 822 as RFC 1939 section 7 wants it: printable ASCII, exactly one @, in angle brackets.
const messageId = /<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>/;

/**
 * The timestamp of a greeting, angle brackets included, where APOP can be used (RFC 1939 section 7). Greetings also hold
 * `<text>` that is none: only a msg-id counts.
 */
export function parseTimestamp(text: string): string | undefined {
  return messageId.exec(text)?.[0];
}

const foreign: readonly (readonly [RegExp, string])[] = [
  [/^220[ -].*ftp/is, 'FTP'],
  [/^220[ -]/, 'SMTP'],
  [/^[45]\d\d[ -]/, 'SMTP'],
  [/^\* (?:OK|PREAUTH|BYE)\b/i, 'IMAP'],
  [/^HTTP\/\d/i, 'HTTP'],
  [/^SSH-/, 'SSH'],
  [/^20[01] /, 'NNTP'],
  [/^OK "|^"IMPLEMENTATION"/, 'ManageSieve'],
  [/^[\x15\x16]\x03/, 'TLS'],
];

/** The protocol that a first line belongs to, where it is not POP3's and a well-known one. */
export function recogniseProtocol(greeting: string): string | undefined {
  return foreign.find(([pattern]) => pattern.test(greeting))?.[1];
}
