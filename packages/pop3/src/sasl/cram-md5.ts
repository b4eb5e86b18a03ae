import { encodeText, type Secret, secret } from '../protocol/index.ts';
import { encodePassword, requireUser } from './credential.ts';
import { SaslError } from './error.ts';
import type {
  ClientExchange,
  CryptoPort,
  ExchangeContext,
  SaslMechanism,
  ServerExchange,
  ServerExchangeContext,
  ServerSaslMechanism,
  ServerStep,
} from './mechanism.ts';
import { encodeHex } from './octet.ts';
import { finishedEarly, unexpectedChallenge } from './single-message.ts';
import { createTimestamp } from './timestamp.ts';
import { decodeUtf8 } from './utf8.ts';
import { accepted, malformed, rejected } from './verify.ts';

class CramMd5Client implements ClientExchange {
  readonly #crypto: CryptoPort;
  readonly #user: string;
  readonly #password: Secret<Uint8Array>;
  #answered = false;

  constructor(context: ExchangeContext) {
    this.#crypto = context.crypto;
    this.#user = requireUser(context.credentials);
    this.#password = secret(encodePassword(context));
  }

  initialResponse(): undefined {
    return undefined;
  }

  respond(challenge: Uint8Array): Secret<Uint8Array> {
    if (this.#answered) throw unexpectedChallenge('CRAM-MD5');
    if (challenge.length === 0) {
      // A digest over nothing would be the same in every session.
      throw new SaslError("the server's challenge is empty", {
        mechanism: 'CRAM-MD5',
        rule: 'challenge-empty',
      });
    }
    this.#answered = true;
    const digest = encodeHex(this.#crypto.hmac('MD5', this.#password.reveal(), challenge));
    return secret(encodeText(`${this.#user} ${digest}`));
  }

  finish(): void {
    if (!this.#answered) throw finishedEarly('CRAM-MD5');
  }
}

class CramMd5Server implements ServerExchange {
  readonly #context: ServerExchangeContext;
  readonly #challenge: Uint8Array;

  constructor(context: ServerExchangeContext) {
    this.#context = context;
    this.#challenge = encodeText(createTimestamp(context));
  }

  start(initial: Uint8Array | undefined): ServerStep {
    return initial === undefined ? { type: 'challenge', data: this.#challenge } : malformed;
  }

  async respond(response: Uint8Array): Promise<ServerStep> {
    // The name may hold spaces; the digest does not.
    const [, user, digest] = /^(.+) ([0-9a-f]{32})$/s.exec(decodeUtf8(response) ?? '') ?? [];
    if (user === undefined || digest === undefined) return malformed;
    const { crypto, store } = this.#context;
    const password = await store.password(user);
    const expected = crypto.hmac('MD5', encodeText(password ?? ''), this.#challenge);
    const same = crypto.equal(encodeText(encodeHex(expected)), encodeText(digest));
    return same && password !== undefined && password !== '' ? accepted(user) : rejected;
  }
}

/** CRAM-MD5 (RFC 2195): a keyed digest of the server's challenge. Whoever listens can guess passwords off line. */
export const cramMd5: SaslMechanism = {
  name: 'CRAM-MD5',
  exposure: 'digest',
  needs: 'password',
  channelBinding: false,
  initialResponseWithAuth: false,
  start: (context) => new CramMd5Client(context),
};

/** CRAM-MD5 (RFC 2195), server side. The store must know passwords in clear. */
export const cramMd5Server: ServerSaslMechanism = {
  name: 'CRAM-MD5',
  exposure: 'digest',
  channelBinding: false,
  start: (context) => new CramMd5Server(context),
};
