import type { Transporter } from 'nodemailer';
import type { DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { DestinationError } from './error.ts';
import { nodeFileSystem } from './file-system.ts';
import { Spool, type SpooledDelivery } from './spool.ts';

/** How an {@link SmtpDestination} is made. */
export interface SmtpOptions {
  /** LMTP (RFC 2033), SMTP, or SMTP with TLS from the first octet. */
  readonly protocol: 'lmtp' | 'smtp' | 'smtps';
  readonly host: string;
  readonly port: number;
  /** Who gets the messages. */
  readonly recipient: string;
  /** The envelope's sender; empty by default, so that nobody gets a bounce about mail that came by POP3. */
  readonly sender?: string | undefined;
  readonly auth?: { readonly user: string; readonly password: string } | undefined;
  readonly name?: string | undefined;
}

/** A mail server that gets each message again, by LMTP or SMTP. It cannot be asked what it has. */
export class SmtpDestination implements Destination<SpooledDelivery> {
  readonly name: string;
  readonly recognisesRepeats = false;
  readonly batchMessages = 1;
  readonly #options: SmtpOptions;
  #transport: Transporter | undefined;
  #spool: Spool | undefined;

  constructor(options: SmtpOptions) {
    this.#options = options;
    this.name = options.name ?? `${options.protocol}://${options.host}:${options.port}`;
  }

  async open(): Promise<void> {
    const { host, port, protocol, auth } = this.#options;
    const { createTransport } = await import('nodemailer');
    this.#spool = new Spool(nodeFileSystem);
    this.#transport = createTransport({
      host,
      port,
      lmtp: protocol === 'lmtp',
      secure: protocol === 'smtps',
      // A password never crosses a connection without TLS.
      requireTLS: protocol === 'smtp' && auth !== undefined,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(auth === undefined ? {} : { auth: { user: auth.user, pass: auth.password } }),
    });
  }

  begin({ id }: DeliveryMessage): SpooledDelivery {
    if (this.#spool === undefined) throw new TypeError('the destination is not open');
    return this.#spool.begin(this.name, id);
  }

  async commit(deliveries: readonly SpooledDelivery[]): Promise<readonly DeliveryResult[]> {
    const results: DeliveryResult[] = [];
    for (const delivery of deliveries) results.push(await this.#send(delivery));
    return results;
  }

  async recover(): Promise<Recovery> {
    return 'unknown';
  }

  async close(): Promise<void> {
    this.#transport?.close();
    this.#spool?.remove();
  }

  async #send(delivery: SpooledDelivery): Promise<DeliveryResult> {
    const { recipient, sender = '' } = this.#options;
    try {
      const raw = delivery.open();
      const sent: unknown = await this.#transport?.sendMail({
        envelope: { from: sender, to: [recipient] },
        raw,
      });
      // LMTP has an answer for each recipient, and the library does not take a refusal there for an error.
      const refusal = listOf(sent, 'rejectedErrors')[0] ?? listOf(sent, 'rejected')[0];
      if (refusal !== undefined) return { status: 'failed', error: this.#failure(refusal) };
      if (listOf(sent, 'accepted').length === 0)
        return { status: 'failed', error: this.#failure(new Error('nobody accepted it')) };
      return { status: 'delivered' };
    } catch (cause) {
      return { status: 'failed', error: this.#failure(cause) };
    } finally {
      delivery.abort();
    }
  }

  #failure(cause: unknown): DestinationError {
    const code = property(cause, 'responseCode');
    const status = typeof code === 'number' ? code : undefined;
    const about = status !== undefined && status >= 500 && status !== 530 && status !== 535;
    const message = cause instanceof Error ? cause.message : String(cause);
    return new DestinationError(
      `${this.name}: ${message}`,
      {
        destination: this.name,
        step: status === undefined ? 'connect' : 'submit',
        scope: about ? 'message' : 'destination',
        transient: status === undefined || status < 500,
      },
      {
        cause,
        hint: about
          ? 'The server does not want this message.'
          : 'Check host, port and login of the destination.',
      },
    );
  }
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = property(value, name);
  return Array.isArray(list) ? list : [];
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
