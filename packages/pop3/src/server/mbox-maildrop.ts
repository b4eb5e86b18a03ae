import { lstat } from 'node:fs/promises';
import { MaildropUnusableError } from './maildrop.ts';
import { rewriteMbox } from './mbox-rewrite.ts';
import { describeMessage, findMessages, type MboxRange } from './mbox-scan.ts';
import { type OpenRange, openPlainFile } from './stored-content.ts';
import { StoredMaildrop, type StoredMaildropOptions, type StoredMessage } from './stored-maildrop.ts';

/** A message in an mbox file. */
interface MboxMessage extends StoredMessage {
  readonly octets: number;
  readonly range: MboxRange;
}

interface Scan {
  readonly stamp: string;
  /** By unique-id, in the file's order. */
  readonly messages: ReadonlyMap<string, MboxMessage>;
}

/**
 * An mbox file as a maildrop. Quoted `>From ` lines are sent as they are. Where it is writable, QUIT writes a new file and puts it in the
 * place of the old one, under a lock file (`NAME.lock`) that programs which deliver to it must heed as well.
 */
export class MboxMaildrop extends StoredMaildrop<MboxMessage> {
  readonly #path: string;
  #scan: Scan | undefined;

  /** @param options - not writable by default. */
  constructor(path: string, { writable = false }: StoredMaildropOptions = {}) {
    super(writable);
    this.#path = path;
  }

  protected async list(): Promise<readonly MboxMessage[]> {
    return [...(await this.#current()).messages.values()];
  }

  // Another program may have written to the file since it was listed: then the message may be elsewhere in it.
  protected override async openMessage({ uniqueId }: MboxMessage): Promise<OpenRange> {
    const range = await openPlainFile(this.#path);
    try {
      const { messages } = await this.#scanned(range);
      const message = messages.get(uniqueId);
      if (message === undefined) throw new MaildropUnusableError('the message is in the file no more');
      return { file: range.file, start: message.range.start, end: message.range.end };
    } catch (error) {
      await range.file.close();
      throw error;
    }
  }

  protected async remove(
    messages: readonly MboxMessage[],
  ): Promise<readonly (readonly [MboxMessage, unknown])[]> {
    try {
      const gone = new Set(messages.map(({ uniqueId }) => uniqueId));
      await rewriteMbox(this.#path, async (range) =>
        [...(await this.#scanned(range)).messages.values()]
          .filter(({ uniqueId }) => gone.has(uniqueId))
          .map((message) => message.range),
      );
      return [];
    } catch (error) {
      return messages.map((message) => [message, error] as const);
    }
  }

  async #current(): Promise<Scan> {
    const status = await lstat(this.#path).catch(() => undefined);
    if (status === undefined || !status.isFile()) {
      const what = status === undefined ? 'there is no such file' : 'it is no plain file';
      throw new MaildropUnusableError(`${this.#path} is no mbox: ${what}`);
    }
    const range = await openPlainFile(this.#path);
    try {
      return await this.#scanned(range);
    } finally {
      await range.file.close();
    }
  }

  async #scanned(range: OpenRange): Promise<Scan> {
    const { ino, size, mtimeNs } = await range.file.stat({ bigint: true });
    const stamp = `${ino} ${size} ${mtimeNs}`;
    if (this.#scan?.stamp !== stamp) this.#scan = { stamp, messages: await this.#read(range) };
    return this.#scan;
  }

  async #read(range: OpenRange): Promise<Map<string, MboxMessage>> {
    const found = await findMessages(range);
    if (found === undefined) {
      throw new MaildropUnusableError(`${this.#path} is no mbox: it does not begin with "From SENDER DATE"`);
    }
    const repeated = new Map<string, number>();
    const messages = new Map<string, MboxMessage>();
    for (const one of found) {
      const { octets, uniqueId } = await describeMessage(range, one);
      const count = (repeated.get(uniqueId) ?? 0) + 1;
      repeated.set(uniqueId, count);
      const own = count === 1 ? uniqueId : `${uniqueId}-${count}`;
      messages.set(own, { uniqueId: own, path: this.#path, octets, range: one });
    }
    return messages;
  }
}
