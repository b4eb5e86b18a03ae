// msg-id of RFC 822 as RFC 1939 section 7 wants it: printable ASCII, exactly one @, in angle brackets.
const messageId = /<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>/;

/**
 * The timestamp of a greeting, angle brackets included, where APOP can be used (RFC 1939 section 7). Greetings also hold
 * `<text>` that is none: only a msg-id counts.
 */
export function parseTimestamp(text: string): string | undefined {
  return messageId.exec(text)?.[0];
}
