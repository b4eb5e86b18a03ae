import { type Secret, secret } from '../protocol/index.ts';
import { SaslError } from './error.ts';
import type { ClientExchange, ServerExchange, ServerStep } from './mechanism.ts';

/**
 * Client side of a mechanism that is one message: PLAIN, EXTERNAL, ANONYMOUS. It is the initial response, and the answer
 * to one empty challenge (also of a server that passed over the initial response).
 */
export class SingleMessageClient implements ClientExchange {
  readonly #mechanism: string;
  readonly #message: Secret<Uint8Array>;
  #given = false;
  #challenged = false;

  constructor(mechanism: string, message: Uint8Array) {
    this.#mechanism = mechanism;
    this.#message = secret(message);
  }

  initialResponse(): Secret<Uint8Array> {
    this.#given = true;
    return this.#message;
  }

  respond(challenge: Uint8Array): Secret<Uint8Array> {
    if (this.#challenged || challenge.length > 0) throw unexpectedChallenge(this.#mechanism);
    this.#challenged = true;
    this.#given = true;
    return this.#message;
  }

  finish(): void {
    if (!this.#given) throw finishedEarly(this.#mechanism);
  }
}

/** Server side of the same: `check` judges the message. */
export class SingleMessageServer implements ServerExchange {
  readonly #check: (message: Uint8Array) => ServerStep | Promise<ServerStep>;

  constructor(check: (message: Uint8Array) => ServerStep | Promise<ServerStep>) {
    this.#check = check;
  }

  start(initial: Uint8Array | undefined): ServerStep | Promise<ServerStep> {
    if (initial === undefined) return { type: 'challenge', data: new Uint8Array(0) };
    return this.#check(initial);
  }

  respond(response: Uint8Array): ServerStep | Promise<ServerStep> {
    return this.#check(response);
  }
}

/** The error for a challenge that the mechanism does not have in this place. */
export function unexpectedChallenge(mechanism: string): SaslError {
  return new SaslError('the server sent a challenge that this mechanism does not have here', {
    mechanism,
    rule: 'unexpected-challenge',
  });
}

/** The error for a +OK before the mechanism's last step. */
export function finishedEarly(mechanism: string): SaslError {
  return new SaslError('the server said +OK before the exchange was over', {
    mechanism,
    rule: 'finished-early',
  });
}
