/**
 * The first line of what a file or a command gave, as text; undefined where it is not UTF-8: with other characters in their place, a password would
 * only be a wrong one.
 */
export function firstLine(octets: Uint8Array): string | undefined {
  const end = octets.indexOf(0x0a);
  const line = end === -1 ? octets : octets.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line).replace(/\r$/, '');
  } catch {
    return undefined;
  }
}

/** What to do about a secret that is not UTF-8. */
export const utf8Hint =
  'It has to be UTF-8. For a server that wants Latin-1, --password-encoding latin1 writes it so.';
