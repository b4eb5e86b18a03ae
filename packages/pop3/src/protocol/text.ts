// The two web globals that the core uses. They are declared here, for this file only, because the
// core is compiled without the DOM's and Node's types. Every runtime we support has both.
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(octets: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Decodes a short line that a peer sent: as UTF-8 (RFC 6856) where it is valid UTF-8, otherwise one
 * character an octet (ISO 8859-1), so that nothing is lost and nothing fails.
 */
export function decodeText(octets: Uint8Array): string {
  try {
    return utf8.decode(octets);
  } catch {
    return decodeLatin1(octets);
  }
}

/** One character an octet (ISO 8859-1, which holds US-ASCII). */
export function decodeLatin1(octets: Uint8Array): string {
  return fromCharCodes(octets);
}

/** The same text, in memory of its own: one that was cut out of a longer one keeps all of that alive. */
export function detach(text: string): string {
  const codes = new Uint16Array(text.length);
  for (let place = 0; place < codes.length; place++) codes[place] = text.charCodeAt(place);
  return fromCharCodes(codes);
}

function fromCharCodes(codes: Uint8Array | Uint16Array): string {
  let text = '';
  for (let start = 0; start < codes.length; start += 8192) {
    const part = codes.length <= 8192 ? codes : codes.subarray(start, start + 8192);
    // Spreading the codes into a call takes four times as long.
    const decoded: string = Reflect.apply(String.fromCharCode, undefined, part);
    text += decoded;
  }
  return text;
}

/** Encodes text as UTF-8 octets. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * Makes text from a peer safe to show in an error: printable ASCII stays, everything else (C0, DEL,
 * C1, bidi controls, other non-ASCII) is written as an escape, and at most `maximum` characters are kept.
 */
export function escapeExcerpt(text: string, maximum = 120): string {
  const shown = text.length > maximum ? `${text.slice(0, maximum)}...` : text;
  return shown.replace(/[^\x20-\x7e]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    if (point <= 0xff) return `\\x${point.toString(16).padStart(2, '0')}`;
    return `\\u{${point.toString(16)}}`;
  });
}
