import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type Secret, secret } from '@postrider/pop3';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { longestSubmission, within } from './deadline.ts';

/** Where a mail server is, and how to talk to it. */
export interface SmtpEndpoint {
  /** LMTP (RFC 2033) or SMTP (RFC 5321). */
  readonly protocol: 'lmtp' | 'smtp';
  readonly host: string;
  readonly port: number;
  /** A Unix socket, in place of host and port. */
  readonly socketPath?: string | undefined;
  /** TLS from the first octet, STARTTLS and nothing without it, or none. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** PEM; the authorities that are trusted. */
  readonly ca?: string | undefined;
  readonly auth?: { readonly user: string; readonly password: string | Secret<string> } | undefined;
  /** Milliseconds to wait for a connection, and for each answer. */
  readonly timeouts?: { readonly connect?: number; readonly answer?: number } | undefined;
}

/** What the server said to a message, for its one recipient. */
export type SmtpAnswer =
  | { readonly type: 'accepted' }
  /** `what`: sender, recipient or message. */
  | {
      readonly type: 'refused';
      readonly what: 'sender' | 'recipient' | 'message';
      readonly code: number;
      readonly text: string;
    }
  /** There was no answer. Where the message was on its way, the server may have it. */
  | { readonly type: 'lost'; readonly error: Error; readonly doubtful: boolean };

/** Why there is no session. */
export class SmtpSessionError extends Error {
  readonly step: 'connect' | 'login';
  /** The server's status code, where it gave one. */
  readonly status: number | undefined;

  constructor(step: 'connect' | 'login', cause: Error) {
    super(cause.message, { cause });
    this.step = step;
    this.status = statusOf(cause);
  }
}

const connectTimeout = 30_000;
const answerTimeout = 300_000;
const quitTimeout = 2000;

/** One session with an SMTP or LMTP server, for many messages. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly #answer: number;
  #alive = true;
  #used = false;
  #onLost: ((error: Error) => void) | undefined;

  private constructor(connection: SMTPConnection, answer: number) {
    this.#connection = connection;
    this.#answer = answer;
    connection.on('end', () => this.#lose(new Error('the server closed the connection')));
    connection.on('error', (error) => this.#lose(error));
  }

  /** The connection stands, as far as is known. */
  get alive(): boolean {
    return this.#alive;
  }

  /**
   * @param signal Ends the wait for the server, and the connection.
   * @throws SmtpSessionError
   */
  static async open(endpoint: SmtpEndpoint, signal: AbortSignal): Promise<SmtpSession> {
    const { protocol, host, port, socketPath, security, ca, auth, timeouts } = endpoint;
    if (auth !== undefined && security === 'none')
      throw new SmtpSessionError('login', new Error('there is no TLS to protect the password'));
    const { connect: wait = connectTimeout, answer = answerTimeout } = timeouts ?? {};
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    const connection = new Connection({
      host,
      port,
      lmtp: protocol === 'lmtp',
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
      connectionTimeout: wait,
      greetingTimeout: wait,
      dnsTimeout: wait,
      socketTimeout: answer,
      // A connection that is given up waits for nobody: a server that says nothing does not close it either.
      socketCloseTimeout: 0,
      ...(socketPath === undefined ? {} : { connection: await openSocket(socketPath) }),
    });
    const session = new SmtpSession(connection, answer);
    const close = (): void => session.close();
    if (signal.aborted) close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await session.#call('connect', (done) => connection.connect(done));
      if (auth !== undefined) {
        const credentials = { user: auth.user, pass: secret(auth.password).reveal() };
        await session.#call('login', (done) => connection.login({ credentials }, done));
      }
      return session;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  /** Sends one message. Never rejects. */
  async send(
    envelope: { readonly from: string; readonly to: string; readonly octets: number },
    content: Readable,
  ): Promise<SmtpAnswer> {
    const { from, to, octets } = envelope;
    try {
      if (this.#used) await this.#call('connect', (done) => this.#connection.reset(done));
    } catch (error) {
      this.close();
      return { type: 'lost', error: asError(error), doubtful: false };
    }
    this.#used = true;
    // As long as its end was not read, the terminator was not sent either.
    const lost = (error: Error): SmtpAnswer => ({ type: 'lost', error, doubtful: content.readableEnded });
    const sent = new Promise<SmtpAnswer>((resolve) => {
      this.#onLost = (error) => resolve(lost(error));
      // 8BITMIME (RFC 6152): mail comes as it is, and the server is told so where it can be.
      const asked = { from, to: [to], size: octets, use8BitMime: true };
      this.#connection.send(asked, content, (error, info) => {
        this.#onLost = undefined;
        // LMTP answers for each recipient, and the library takes no such answer for an error.
        const refusal = error ?? listOf(info, 'rejectedErrors').find((one) => one instanceof Error);
        if (refusal === undefined) return resolve({ type: 'accepted' });
        const reason = asError(refusal);
        const refused = refusalOf(reason);
        if (refused === undefined) this.close();
        resolve(refused ?? lost(reason));
      });
    });
    try {
      return await within(longestSubmission(octets, this.#answer), sent, () => this.#giveUp());
    } catch (error) {
      return lost(asError(error));
    }
  }

  /** QUIT. Nothing depends on its answer. */
  quit(): void {
    if (this.#alive) {
      this.#connection.quit();
      setTimeout(() => this.#connection.close(), quitTimeout).unref();
    }
    this.#alive = false;
  }

  close(): void {
    this.#alive = false;
    this.#connection.close();
  }

  async #call(
    step: 'connect' | 'login',
    start: (done: (error?: Error | null) => void) => void,
  ): Promise<void> {
    const called = new Promise<void>((resolve, reject) => {
      this.#onLost = reject;
      start((error) => {
        this.#onLost = undefined;
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
    try {
      await within(this.#answer, called, () => this.#giveUp());
    } catch (error) {
      this.close();
      throw new SmtpSessionError(step, asError(error));
    }
  }

  // What it says from now on means nothing any more.
  #giveUp(): void {
    this.#onLost = undefined;
    this.close();
  }

  #lose(error: Error): void {
    this.#alive = false;
    const tell = this.#onLost;
    this.#onLost = undefined;
    tell?.(error);
  }
}

/** Undefined where it was none, but the end of the connection. */
function refusalOf(error: Error): Extract<SmtpAnswer, { type: 'refused' }> | undefined {
  // The library's own refusals, before anything is sent: larger than the server's SIZE (RFC 1870), or an address that cannot be written.
  const own = property(error, 'code');
  const ownStatus = own === 'EMESSAGE' ? 552 : own === 'EENVELOPE' ? 553 : undefined;
  const code = statusOf(error) ?? ownStatus;
  if (code === undefined) return undefined;
  return {
    type: 'refused',
    what: subjectOf(error, code),
    code,
    text: String(property(error, 'response') ?? error.message),
  };
}

// 552 is about the octets of this message, whatever it was said to.
function subjectOf(error: Error, code: number): 'sender' | 'recipient' | 'message' {
  const command = property(error, 'command');
  if (code === 552) return 'message';
  if (command === 'MAIL FROM') return 'sender';
  return command === 'RCPT TO' || property(error, 'code') === 'EENVELOPE' ? 'recipient' : 'message';
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
    const fail = (error: Error): void => reject(new SmtpSessionError('connect', error));
    socket.once('error', fail);
  });
}

function statusOf(error: Error): number | undefined {
  const code = property(error, 'responseCode');
  return typeof code === 'number' && code > 0 ? code : undefined;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
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
