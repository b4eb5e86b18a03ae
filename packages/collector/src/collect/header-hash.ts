import { hash } from 'node:crypto';

const longestHeader = 262_144;
const empty = Buffer.alloc(0);
const LF = 0x0a;
const CR = 0x0d;
// Each with the end of the line before it.
const blankLine = Buffer.from('\n\r\n');
const bareBlankLine = Buffer.from('\n\n');

// Who wrote it to whom, when, what about, and the way that it came. Other fields are put in, taken out and changed from one retrieval to the next, by
// servers (Status, X-UIDL, the boundary in Content-Type) and by virus scanners on the way.
const lasting =
  /^(?:received|delivered-to|message-id|date|from|sender|to|cc|subject)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*/gim;
const telling = /^(?:received|message-id)[ \t]*:/im;

/**
 * Hashes the header of a message whose octets come in pieces: up to the first blank line, or 256 KB. What comes behind costs nothing. Only fields count that
 * stay as they are; all of it where no Message-ID and no Received is among them, as the others are the same in many a message.
 */
export class HeaderHash {
  #held: Buffer = empty;
  #length = 0;
  #digest: string | undefined;

  update(octets: Uint8Array): void {
    if (this.#digest !== undefined) return;
    const piece = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    // Most headers come whole.
    const only = this.#length === 0 ? findBlankLine(piece, 0) : undefined;
    if (only !== undefined) {
      this.#finish(piece, only);
      return;
    }
    // A blank line may begin in one piece and end in the next.
    const from = Math.max(0, this.#length - 2);
    this.#keep(piece);
    const end = findBlankLine(this.#held.subarray(0, this.#length), from);
    if (end !== undefined) this.#finish(this.#held, end);
    else if (this.#length >= longestHeader) this.#finish(this.#held, this.#length);
  }

  /** The hash; a header that no blank line ends counts as it is. */
  digest(): string {
    if (this.#digest === undefined) this.#finish(this.#held, this.#length);
    return this.#digest ?? '';
  }

  #keep(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#held.length));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    piece.copy(this.#held, this.#length);
    this.#length = length;
  }

  #finish(octets: Buffer, end: number): void {
    // However it was cut into pieces.
    const header = octets.toString('latin1', 0, Math.min(end, longestHeader)).split('\r\n').join('\n');
    const lines = header.endsWith('\n') ? header : `${header}\n`;
    const kept = lines.match(lasting)?.join('') ?? '';
    this.#digest = hash('sha256', telling.test(kept) ? kept : lines);
    this.#held = empty;
  }
}

/** Where the header ends: behind the line end before the first blank line. */
function findBlankLine(octets: Buffer, from: number): number | undefined {
  if (from === 0 && (octets[0] === LF || (octets[0] === CR && octets[1] === LF))) return 0;
  const usual = octets.indexOf(blankLine, from);
  // One with LF alone counts where it comes earlier.
  const bare = (usual < 0 ? octets : octets.subarray(0, usual + 1)).indexOf(bareBlankLine, from);
  const at = bare < 0 ? usual : bare;
  return at < 0 ? undefined : at + 1;
}
