import { type Secret, secret } from '@postrider/pop3';
import type { ImapFlow } from 'imapflow';
import { longestSubmission, within } from './deadline.ts';
import {
  type DeliveryMessage,
  type DeliveryResult,
  type Destination,
  failed,
  type Recovery,
} from './destination.ts';
import { DestinationError, type DestinationStep } from './error.ts';
import { dateOf } from './header-field.ts';
import { isInFolder, SearchRefusedError } from './imap-search.ts';
import { explainNetworkFailure } from './network-failure.ts';
import { commitOneByOne } from './one-by-one.ts';
import { SpooledDelivery } from './spool.ts';

const connectTimeout = 30_000;
const answerTimeout = 300_000;
const logoutTimeout = 2000;

/** How an {@link ImapDestination} is made. */
export interface ImapOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet, STARTTLS and nothing without it, or none: then everybody on the way can read the password. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  readonly password: string | Secret<string>;
  /** Its levels are separated by `/`, whatever the server has for it. Made where there is none. */
  readonly folder: string;
  /** PEM; the authorities that are trusted. */
  readonly ca?: string | undefined;
  /** Milliseconds to wait for a connection, and for each answer. */
  readonly timeouts?: { readonly connect?: number; readonly answer?: number } | undefined;
  readonly name?: string | undefined;
}

/**
 * A folder of an IMAP server (APPEND, RFC 9051 section 6.3.12), with the date of the message's header as its internal date.
 *
 * A message that was begun and never confirmed is looked for before it is appended again: by its Message-ID, and its header must be the same, or, where it
 * has none, by its size and all of its octets. The protocol announces a message's length in front of it, and the library wants it
 * whole: each is in memory once while it is sent.
 */
export class ImapDestination implements Destination<SpooledDelivery> {
  readonly name: string;
  readonly recognisesRepeats = false;
  readonly batchMessages = 1;
  readonly #options: ImapOptions;
  #client: ImapFlow | undefined;
  // Ends a session that is being opened.
  #opening = new AbortController();
  #path = '';

  constructor(options: ImapOptions) {
    this.#options = options;
    this.name = options.name ?? `imap://${options.user}@${options.host}/${options.folder}`;
  }

  async open(): Promise<void> {}

  async begin(message: DeliveryMessage): Promise<SpooledDelivery> {
    // Before anything is fetched for nothing.
    await this.#connected();
    return new SpooledDelivery(this.name, message);
  }

  commit(deliveries: readonly SpooledDelivery[]): Promise<readonly DeliveryResult[]> {
    return commitOneByOne(deliveries, (delivery) => this.#append(delivery));
  }

  async recover(): Promise<Recovery> {
    return 'on-delivery';
  }

  async close(): Promise<void> {
    this.#opening.abort();
    this.#opening = new AbortController();
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const end = (): void => client.close();
    // Nothing depends on its answer.
    await within(logoutTimeout, client.logout(), end).catch(end);
  }

  async #append(delivery: SpooledDelivery): Promise<DeliveryResult> {
    const client = await this.#connected();
    const answer = this.#options.timeouts?.answer ?? answerTimeout;
    const waitFor = <T>(work: Promise<T>): Promise<T> =>
      within(longestSubmission(delivery.octets, answer), work, () => client.close());
    try {
      const octets = delivery.read();
      if (delivery.message.doubtful === true && (await waitFor(isInFolder(client, octets))))
        return { status: 'repeated' };
      const appended = await waitFor(client.append(this.#path, octets, [], dateOf(octets)));
      if (appended === undefined || appended === false) throw new Error('the connection was lost');
      return { status: 'delivered' };
    } catch (cause) {
      if (cause instanceof SearchRefusedError) {
        const hint = 'Look for it there; postrider help destinations tells more.';
        const about = { transient: false, scope: 'message', hint } as const;
        return failed(this.#error('submit', `it may have the message: ${cause.message}`, cause, about), true);
      }
      const said = refusalOf(cause);
      if (said === undefined) {
        client.close();
        const what = `the connection broke: ${explainNetworkFailure(cause).what}`;
        return failed(
          this.#error('submit', what, cause, { transient: true, hint: 'Try again later.' }),
          true,
        );
      }
      const code = codeOf(cause);
      const full = code === 'OVERQUOTA';
      return failed(
        this.#error('submit', `the server refused the message: ${said}`, cause, {
          transient: full || passing.has(code),
          scope: full ? 'destination' : 'message',
          hint: full ? 'Make room there, then run it again.' : 'Its own words say why.',
        }),
      );
    }
  }

  async #connected(): Promise<ImapFlow> {
    if (this.#client?.usable === true) return this.#client;
    const { host, port, security, user, password, ca, timeouts = {} } = this.#options;
    const { connect = connectTimeout, answer = answerTimeout } = timeouts;
    const { signal } = this.#opening;
    const { ImapFlow: Client } = await import('imapflow');
    const client = new Client({
      host,
      port,
      secure: security === 'tls',
      ...(security === 'tls' ? {} : { doSTARTTLS: security === 'starttls' }),
      auth: { user, pass: secret(password).reveal() },
      logger: false,
      connectionTimeout: connect,
      greetingTimeout: connect,
      socketTimeout: answer,
      tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    });
    // It rejects what waits for it, too.
    client.on('error', () => {});
    const close = (): void => client.close();
    if (signal.aborted) close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await this.#logIn(client, answer);
    } catch (error) {
      close();
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
    this.#client = client;
    return client;
  }

  async #logIn(client: ImapFlow, answer: number): Promise<void> {
    const close = (): void => client.close();
    try {
      await within(answer, client.connect(), close);
    } catch (cause) {
      throw this.#unreachable(cause);
    }
    try {
      this.#path = await within(answer, openFolder(client, this.#options.folder), close);
    } catch (cause) {
      const what = `the folder ${this.#options.folder} cannot be opened: ${refusalOf(cause) ?? messageOf(cause)}`;
      const transient = refusalOf(cause) === undefined;
      throw this.#error('open', what, cause, { transient, hint: 'Check the folder of the destination.' });
    }
  }

  #unreachable(cause: unknown): DestinationError {
    if (property(cause, 'authenticationFailed') === true) {
      const hint = 'Check user and password of the destination.';
      return this.#error('login', `the login was refused: ${refusalOf(cause) ?? messageOf(cause)}`, cause, {
        transient: codeOf(cause) === 'UNAVAILABLE',
        hint,
      });
    }
    const { what, hint } = explainNetworkFailure(cause);
    return this.#error('connect', `cannot connect: ${what}`, cause, { transient: true, hint });
  }

  #error(
    step: DestinationStep,
    what: string,
    cause: unknown,
    about: { readonly transient: boolean; readonly scope?: 'message' | 'destination'; readonly hint: string },
  ): DestinationError {
    const { transient, scope = 'destination', hint } = about;
    const failure = { destination: this.name, step, scope, transient };
    return new DestinationError(`${this.name}: ${what}`, failure, { cause, hint });
  }
}

/** Opens a folder, and makes it first where there is none. Gives its name with the server's own separator. */
async function openFolder(client: ImapFlow, folder: string): Promise<string> {
  const levels = folder.split('/').filter((level) => level !== '');
  try {
    return (await client.mailboxOpen(levels)).path;
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
    await client.mailboxCreate(levels);
    // Other programs show only what is subscribed to; some servers have no such list.
    await client.mailboxSubscribe(levels).catch(() => {});
    return (await client.mailboxOpen(levels)).path;
  }
}

// Refusals that say nothing about the message (RFC 5530 section 3, RFC 9051 section 7.1).
const passing: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INUSE', 'SERVERBUG', 'LIMIT', 'TRYCREATE']);

/** The server's own words of a refusal; undefined where it was none. */
function refusalOf(error: unknown): string | undefined {
  const status = property(error, 'responseStatus');
  const refused = status === 'NO' || status === 'BAD' || property(error, 'authenticationFailed') === true;
  // The client's own refusal, with the server's limit (RFC 7889): nothing was sent.
  if (!refused && codeOf(error) !== 'APPENDLIMIT') return undefined;
  const said = property(error, 'responseText') ?? property(error, 'response');
  return typeof said === 'string' && said !== '' ? said : messageOf(error);
}

function codeOf(error: unknown): string {
  return String(property(error, 'serverResponseCode') ?? '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
