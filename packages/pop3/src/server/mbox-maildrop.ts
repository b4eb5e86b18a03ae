import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { StoredMaildrop, type StoredMessage } from './stored-maildrop.ts';

const LF = 0x0a;
const from = Buffer.from('\nFrom ');

/**
 * An mbox file as a maildrop, read-only: rewriting somebody's only copy of all their mail is nothing that a POP3 server should do. A message
 * begins behind each line that begins with `From ` at the file's start or after a line's end; quoted `>From ` lines are sent as they are.
 */
export class MboxMaildrop extends StoredMaildrop {
  readonly #path: string;

  constructor(path: string) {
    super();
    this.#path = path;
  }

  protected async list(): Promise<readonly StoredMessage[]> {
    const separators = await this.#separators();
    const repeated = new Map<string, number>();
    return separators.map(({ content, hash }, index) => {
      const next = separators[index + 1];
      // The blank line before the next separator belongs to the file, not to the message.
      const end = next === undefined ? undefined : Math.max(content, next.start - 1);
      const count = repeated.get(hash) ?? 0;
      repeated.set(hash, count + 1);
      return {
        uniqueId: count === 0 ? hash : `${hash}-${count}`,
        range: { path: this.#path, start: content, end },
      };
    });
  }

  protected async remove(): Promise<void> {
    throw new Error('an mbox file is served read-only');
  }

  async #separators(): Promise<{ start: number; content: number; hash: string }[]> {
    const file = await open(this.#path, 'r');
    try {
      const found: { start: number; content: number; hash: string }[] = [];
      const { size } = await file.stat();
      const window = Buffer.alloc(1 << 20);
      // Windows overlap, so that no separator is cut in two; a separator line is at most 4 KB long.
      for (let offset = 0; offset < size; offset += window.length - 4096) {
        const { bytesRead } = await file.read(window, 0, window.length, offset);
        const octets = window.subarray(0, bytesRead);
        const last = offset + bytesRead >= size;
        const add = (at: number): void => {
          if (!last && at >= window.length - 4096) return;
          const end = octets.indexOf(LF, at);
          const content = offset + (end < 0 ? bytesRead : end + 1);
          const sample = octets.subarray(at, Math.min(bytesRead, at + 2048));
          found.push({
            start: offset + at,
            content,
            hash: createHash('sha256').update(sample).digest('hex').slice(0, 40),
          });
        };
        if (offset === 0 && octets.subarray(0, 5).equals(from.subarray(1))) add(0);
        for (let at = octets.indexOf(from); at >= 0; at = octets.indexOf(from, at + 1)) {
          const start = offset + at + 1;
          if (found.at(-1) === undefined || start > (found.at(-1)?.start ?? -1)) add(at + 1);
        }
        if (last) break;
      }
      return found;
    } finally {
      await file.close();
    }
  }
}
