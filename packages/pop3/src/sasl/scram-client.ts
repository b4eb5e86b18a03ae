import { concatenate, encodeText, type Secret, secret } from '../protocol/index.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { authorizationIdOf, requirePassword, requireUser } from './credential.ts';
import { SaslError } from './error.ts';
import type { ChannelBinding, ClientExchange, ExchangeContext, HashAlgorithm } from './mechanism.ts';
import { prepareString } from './saslprep.ts';
import { clientProof, deriveKeys, serverSignature } from './scram-key.ts';
import {
  decodeMessage,
  encodeScramName,
  parseAttributes,
  parseServerFirst,
  type ServerFirst,
} from './scram-message.ts';
import { unexpectedChallenge } from './single-message.ts';

/** Which SCRAM: its name, hash, and whether it is the -PLUS form. */
export interface ScramVariant {
  readonly name: string;
  readonly algorithm: HashAlgorithm;
  readonly plus: boolean;
}

const explanations: Readonly<Record<string, string>> = {
  'server-first-malformed': "the server's first message is malformed",
  'extension-unknown': 'the server demands an extension that is not known here',
  'salt-malformed': "the server's salt is malformed",
  'iterations-malformed': "the server's iteration count is malformed",
  'nonce-malformed': "the server's nonce holds characters that no nonce can have",
  'nonce-not-ours': "the server's nonce does not begin with ours",
  'nonce-not-extended': 'the server added nothing to our nonce',
  'too-long': 'the server sent a nonce or salt over the limit',
};

// What `e=` may say (RFC 5802 section 7), and what that means. Other words of the server are not repeated.
const serverErrors: ReadonlyMap<string, string> = new Map([
  ['invalid-proof', 'Check the password.'],
  ['unknown-user', 'Check the user name.'],
  ['invalid-username-encoding', 'Check the user name.'],
  ['channel-bindings-dont-match', 'Somebody may be in between: find out who ends the TLS connection.'],
  [
    'server-does-support-channel-binding',
    'Somebody may have hidden the -PLUS mechanism that the server offers.',
  ],
]);

/** Client side of SCRAM (RFC 5802, 7677). Nothing made from the password is sent before the server's message was judged. */
export class ScramClient implements ClientExchange {
  readonly #variant: ScramVariant;
  readonly #context: ExchangeContext;
  readonly #gs2: string;
  readonly #bare: string;
  readonly #nonce: string;
  #step: 'first' | 'final' | 'done' = 'first';
  #expected: Uint8Array | undefined;

  constructor(variant: ScramVariant, context: ExchangeContext) {
    this.#variant = variant;
    this.#context = context;
    const { credentials, crypto } = context;
    const user = requireUser(credentials);
    // It is needed later only, but what cannot be sent is to be refused before anything is.
    requirePassword(credentials);
    const name = encodeScramName(prepareString(user) || user);
    this.#gs2 = gs2Header(variant, context);
    this.#nonce = encodeBase64(crypto.randomOctets(24));
    this.#bare = `n=${name},r=${this.#nonce}`;
  }

  get secretSent(): boolean {
    return this.#step !== 'first';
  }

  initialResponse(): Secret<Uint8Array> {
    return secret(encodeText(this.#gs2 + this.#bare));
  }

  async respond(challenge: Uint8Array): Promise<Secret<Uint8Array>> {
    const text = decodeMessage(challenge);
    if (this.#step === 'first') return this.#final(text ?? '');
    if (this.#step === 'final') {
      this.#verify(text ?? '');
      return secret(new Uint8Array(0));
    }
    throw unexpectedChallenge(this.#variant.name);
  }

  finish(): void {
    if (this.#step === 'done') return;
    throw this.#error(
      'server-signature-missing',
      'the server said +OK without having proved that it knows the password',
    );
  }

  async #final(serverFirst: string): Promise<Secret<Uint8Array>> {
    const first = this.#judge(serverFirst);
    const { crypto, credentials } = this.#context;
    const { algorithm } = this.#variant;
    const password = requirePassword(credentials);
    const octets = encodeText(prepareString(password) || password);
    const keys = await deriveKeys(crypto, algorithm, octets, first);
    const binding = concatenate([
      encodeText(this.#gs2),
      bindingData(this.#variant, this.#context.channelBinding),
    ]);
    const withoutProof = `c=${encodeBase64(binding)},r=${first.nonce}`;
    const authMessage = `${this.#bare},${serverFirst},${withoutProof}`;
    const proof = clientProof(crypto, algorithm, keys, authMessage);
    this.#expected = serverSignature(crypto, algorithm, keys.serverKey, authMessage);
    this.#step = 'final';
    return secret(encodeText(`${withoutProof},p=${encodeBase64(proof)}`));
  }

  #judge(serverFirst: string): ServerFirst {
    const first = parseServerFirst(serverFirst);
    if ('rule' in first) throw this.#error(first.rule);
    const { limits } = this.#context;
    if (first.nonce.length > limits.nonceOctets || first.salt.length > limits.nonceOctets)
      throw this.#error('too-long');
    if (!first.nonce.startsWith(this.#nonce)) throw this.#error('nonce-not-ours');
    if (first.nonce.length === this.#nonce.length) throw this.#error('nonce-not-extended');
    if (first.iterations < limits.minimumIterations) {
      throw this.#error(
        'iterations-too-few',
        `the server asks for ${first.iterations} iterations; fewer than ${limits.minimumIterations} protect the password too little`,
      );
    }
    if (first.iterations > limits.maximumIterations) {
      throw this.#error(
        'iterations-too-many',
        `the server asks for ${first.iterations} iterations; more than ${limits.maximumIterations} would keep us busy for too long`,
      );
    }
    return first;
  }

  #verify(serverFinal: string): void {
    const attributes = parseAttributes(serverFinal);
    const [name, value] = attributes?.[0] ?? [];
    if (name === 'e') {
      const hint = serverErrors.get(value ?? '');
      const told = hint === undefined ? 'an error' : `the error ${value}`;
      throw this.#error('server-error', `the server ended the exchange with ${told}`, hint);
    }
    const signature = name === 'v' && value !== undefined ? decodeBase64(value) : undefined;
    const expected = this.#expected;
    if (
      signature === undefined ||
      expected === undefined ||
      !this.#context.crypto.equal(signature, expected)
    ) {
      throw this.#error(
        'server-signature-wrong',
        "the server's signature is wrong: it does not know the password, so it is not the server that it should be",
      );
    }
    this.#step = 'done';
  }

  #error(rule: string, message = explanations[rule] ?? rule, hint?: string): SaslError {
    return new SaslError(message, { mechanism: this.#variant.name, rule }, { hint });
  }
}

// `p`: bound; `y`: we could, but the server does not offer it; `n`: we cannot (RFC 5802 section 6).
function gs2Header(variant: ScramVariant, context: ExchangeContext): string {
  const authorizationId = authorizationIdOf(context.credentials);
  const identity = authorizationId === undefined ? '' : `a=${encodeScramName(authorizationId)}`;
  const { channelBinding, plusOffered } = context;
  if (variant.plus) {
    if (channelBinding === undefined) {
      throw new SaslError('the connection has no channel binding', {
        mechanism: variant.name,
        rule: 'channel-binding-missing',
      });
    }
    return `p=${channelBinding.type},${identity},`;
  }
  return `${channelBinding !== undefined && !plusOffered ? 'y' : 'n'},${identity},`;
}

function bindingData({ plus }: ScramVariant, binding: ChannelBinding | undefined): Uint8Array {
  return plus && binding !== undefined ? binding.data : new Uint8Array(0);
}
