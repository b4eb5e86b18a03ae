import { encodeText, type Secret, secret } from '../protocol/index.ts';
import { SaslError } from './error.ts';
import type {
  ClientExchange,
  ServerExchange,
  ServerExchangeContext,
  ServerStep,
  TokenError,
} from './mechanism.ts';
import { finishedEarly, unexpectedChallenge } from './single-message.ts';
import { parseTokenError } from './token-error.ts';
import { decodeUtf8 } from './utf8.ts';
import { accepted, malformed, rejected } from './verify.ts';

/**
 * What OAUTHBEARER and XOAUTH2 have in common: one message with the token. A server that refuses it says why in a challenge, which is to be
 * answered with `acknowledgement` before its -ERR comes.
 */
export class TokenClient implements ClientExchange {
  readonly #mechanism: string;
  readonly #message: Secret<Uint8Array>;
  readonly #acknowledgement: string;
  #given = false;
  #tokenError: TokenError | undefined;
  #refused = false;

  constructor(mechanism: string, message: string, acknowledgement: string) {
    this.#mechanism = mechanism;
    this.#message = secret(encodeText(message));
    this.#acknowledgement = acknowledgement;
  }

  get tokenError(): TokenError | undefined {
    return this.#tokenError;
  }

  initialResponse(): Secret<Uint8Array> {
    this.#given = true;
    return this.#message;
  }

  respond(challenge: Uint8Array): Secret<Uint8Array> {
    if (!this.#given || this.#refused || challenge.length === 0) throw unexpectedChallenge(this.#mechanism);
    this.#refused = true;
    this.#tokenError = parseTokenError(challenge) ?? { status: 'unknown' };
    return secret(encodeText(this.#acknowledgement));
  }

  finish(): void {
    if (!this.#given) throw finishedEarly(this.#mechanism);
    if (!this.#refused) return;
    throw new SaslError('the server said +OK after it had refused the token', {
      mechanism: this.#mechanism,
      rule: 'refused-and-accepted',
    });
  }
}

/** What a client's message says. */
export interface TokenMessage {
  readonly user: string;
  readonly token: string;
}

/** Server side of both. */
export class TokenServer implements ServerExchange {
  readonly #context: ServerExchangeContext;
  readonly #parse: (message: string) => TokenMessage | undefined;
  #refused = false;

  constructor(context: ServerExchangeContext, parse: (message: string) => TokenMessage | undefined) {
    this.#context = context;
    this.#parse = parse;
  }

  start(initial: Uint8Array | undefined): ServerStep | Promise<ServerStep> {
    return initial === undefined ? { type: 'challenge', data: new Uint8Array(0) } : this.respond(initial);
  }

  async respond(response: Uint8Array): Promise<ServerStep> {
    if (this.#refused) return rejected;
    const message = this.#parse(decodeUtf8(response) ?? '');
    if (message === undefined) return malformed;
    const { store } = this.#context;
    if ((await store.checkToken?.(message.user, message.token)) === true) return accepted(message.user);
    this.#refused = true;
    return { type: 'challenge', data: encodeText('{"status":"invalid_token","schemes":"bearer"}') };
  }
}
