import { readFile } from 'node:fs/promises';
import type { ImapFlow } from 'imapflow';
import type { DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { DestinationError } from './error.ts';
import { nodeFileSystem } from './file-system.ts';
import { Spool, type SpooledDelivery } from './spool.ts';

/** How an {@link ImapDestination} is made. */
export interface ImapOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet; otherwise STARTTLS is required. */
  readonly secure: boolean;
  readonly user: string;
  readonly password: string;
  readonly folder: string;
  /** PEM; the authorities that are trusted. */
  readonly ca?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * A folder of an IMAP server (APPEND, RFC 9051 section 6.3.12), with the internal date of the message's Date header. Each message gets the keyword of its
 * id, by which it is found again after a crash.
 */
export class ImapDestination implements Destination<SpooledDelivery> {
  readonly name: string;
  readonly recognisesRepeats = false;
  readonly batchMessages = 1;
  readonly #options: ImapOptions;
  #client: ImapFlow | undefined;
  #spool: Spool | undefined;

  constructor(options: ImapOptions) {
    this.#options = options;
    this.name = options.name ?? `imap://${options.user}@${options.host}/${options.folder}`;
  }

  async open(): Promise<void> {
    const { host, port, secure, user, password, folder, ca } = this.#options;
    const { ImapFlow } = await import('imapflow');
    const client = new ImapFlow({
      host,
      port,
      secure,
      doSTARTTLS: !secure,
      auth: { user, pass: password },
      logger: false,
      tls: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.mailboxCreate(folder).catch(() => {});
      await client.mailboxOpen(folder);
    } catch (cause) {
      client.close();
      throw this.#failure('login', cause, 'destination');
    }
    this.#client = client;
    this.#spool = new Spool(nodeFileSystem);
  }

  begin({ id }: DeliveryMessage): SpooledDelivery {
    if (this.#spool === undefined) throw new TypeError('the destination is not open');
    return this.#spool.begin(this.name, id);
  }

  async commit(deliveries: readonly SpooledDelivery[]): Promise<readonly DeliveryResult[]> {
    const results: DeliveryResult[] = [];
    for (const delivery of deliveries) results.push(await this.#append(delivery));
    return results;
  }

  async recover({ id }: DeliveryMessage): Promise<Recovery> {
    const found = await this.#client?.search({ keyword: keywordOf(id) }, { uid: true });
    if (found === undefined || found === false) return 'unknown';
    return found.length > 0 ? 'delivered' : 'absent';
  }

  async close(): Promise<void> {
    this.#spool?.remove();
    await this.#client?.logout().catch(() => {});
  }

  async #append(delivery: SpooledDelivery): Promise<DeliveryResult> {
    try {
      // The protocol wants the length first, and the library the whole of it.
      const octets = await readFile(delivery.path);
      const appended = await this.#client?.append(
        this.#options.folder,
        octets,
        [keywordOf(delivery.id)],
        dateOf(octets),
      );
      if (appended === undefined || appended === false)
        throw new Error('the server did not take the message');
      return { status: 'delivered' };
    } catch (cause) {
      const usable = this.#client?.usable === true;
      return { status: 'failed', error: this.#failure('submit', cause, usable ? 'message' : 'destination') };
    } finally {
      delivery.abort();
    }
  }

  #failure(step: 'login' | 'submit', cause: unknown, scope: 'message' | 'destination'): DestinationError {
    const said =
      typeof cause === 'object' && cause !== null && 'responseText' in cause
        ? String(cause.responseText)
        : undefined;
    const message = said ?? (cause instanceof Error ? cause.message : String(cause));
    return new DestinationError(
      `${this.name}: ${message}`,
      { destination: this.name, step, scope, transient: scope === 'destination' },
      { cause, hint: 'Check host, port, login and folder of the destination.' },
    );
  }
}

// An atom: `$` keeps it out of the way of people's own keywords.
function keywordOf(id: string): string {
  return `$Postrider-${id.slice(0, 32)}`;
}

function dateOf(octets: Buffer): Date | undefined {
  const header =
    octets
      .subarray(0, 65_536)
      .toString('latin1')
      .split(/\r?\n\r?\n/, 1)[0] ?? '';
  const text = /^date:[ \t]*(.+)$/im.exec(header)?.[1];
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
