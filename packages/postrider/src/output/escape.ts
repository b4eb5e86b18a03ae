// C0, DEL and C1; bidi controls (U+061C, U+200E-F, U+202A-E, U+2066-9); other invisible format characters: zero width
// space and non-joiner, separators, invisible operators, deprecated format controls, interlinear marks, BOM, tags;
// lone surrogates. U+200D stays: emoji and Indic scripts are made of it.
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/**
 * Makes text that somebody else chose safe to show on one line: whatever would move the cursor, change colours, reorder
 * or hide text is written as an escape (`\x1b`, `\u{202e}`), everything else stays as it is.
 */
export function escapeText(text: string): string {
  return text.replace(invisible, escapeCharacter);
}

/** As {@link escapeText}, for text of several lines: line ends and tabs stay. */
export function escapeLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(invisible, (character) => (/[\n\t]/.test(character) ? character : escapeCharacter(character)));
}

// A replacement holds all that it found at once: some 50 octets for each character that is escaped.
const pieceLength = 65_536;

/** Pieces of a text that can be escaped one by one: neither a line end nor a character is cut in two. */
export function* splitText(text: string): Generator<string> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = start + pieceLength;
    if (end < text.length && /[\r\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    yield text.slice(start, end);
  }
}

function escapeCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const digits = point.toString(16);
  return point <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
}
