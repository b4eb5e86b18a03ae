import { concatenate, encodeText } from '../protocol/index.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { ServerExchange, ServerExchangeContext, ServerStep } from './mechanism.ts';
import { prepareString } from './saslprep.ts';
import type { ScramVariant } from './scram-client.ts';
import { deriveKeys, type ScramKeys, serverSignature, verifyProof } from './scram-key.ts';
import { decodeMessage, decodeScramName, parseAttributes } from './scram-message.ts';
import { accepted, malformed, rejected } from './verify.ts';

// RFC 7677 section 4 asks for at least 4096.
const iterations = 4096;

interface Begun {
  readonly gs2: string;
  readonly clientFirstBare: string;
  readonly serverFirst: string;
  readonly nonce: string;
  readonly user: string;
  readonly authorizationId: string | undefined;
  /** The user exists; where not, the exchange goes on all the same, so that nobody learns it. */
  readonly known: boolean;
  readonly keys: ScramKeys;
}

/** Server side of SCRAM (RFC 5802, 7677), with keys made from the stored password on the spot. */
export class ScramServer implements ServerExchange {
  readonly #variant: ScramVariant;
  readonly #context: ServerExchangeContext;
  #begun: Begun | undefined;
  #success: ServerStep | undefined;

  constructor(variant: ScramVariant, context: ServerExchangeContext) {
    this.#variant = variant;
    this.#context = context;
  }

  start(initial: Uint8Array | undefined): ServerStep | Promise<ServerStep> {
    if (initial === undefined) return { type: 'challenge', data: new Uint8Array(0) };
    return this.respond(initial);
  }

  async respond(response: Uint8Array): Promise<ServerStep> {
    const text = decodeMessage(response);
    if (this.#success !== undefined) return response.length === 0 ? this.#success : malformed;
    if (text === undefined) return malformed;
    return this.#begun === undefined ? this.#first(text) : this.#final(text, this.#begun);
  }

  async #first(message: string): Promise<ServerStep> {
    const match =
      /^((?:([ny])|p=([A-Za-z0-9.-]+)),(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s.exec(
        message,
      );
    if (match === null) return malformed;
    const [, gs2 = '', flag, type, identity, clientFirstBare = '', name = '', clientNonce = ''] = match;
    const refusal = this.#refuseBinding(flag, type);
    if (refusal !== undefined) return refusal;
    const user = decodeScramName(name);
    const authorizationId = identity === undefined ? undefined : decodeScramName(identity);
    if (user === undefined || (identity !== undefined && authorizationId === undefined)) return malformed;
    const { store, crypto } = this.#context;
    const password = await store.password(user);
    const known = password !== undefined && password !== '';
    const stored = known ? password : encodeBase64(crypto.randomOctets(16));
    const salt = crypto.randomOctets(16);
    const octets = encodeText(prepareString(stored) || stored);
    const keys = await deriveKeys(crypto, this.#variant.algorithm, octets, { salt, iterations });
    const nonce = clientNonce + encodeBase64(crypto.randomOctets(18));
    const serverFirst = `r=${nonce},s=${encodeBase64(salt)},i=${iterations}`;
    this.#begun = { gs2, clientFirstBare, serverFirst, nonce, user, authorizationId, known, keys };
    return { type: 'challenge', data: encodeText(serverFirst) };
  }

  // A client that could bind but thinks that we cannot was lied to on the way (RFC 5802 section 6).
  #refuseBinding(flag: string | undefined, type: string | undefined): ServerStep | undefined {
    const { channelBinding } = this.#context;
    const { plus } = this.#variant;
    if (plus !== (type !== undefined)) return malformed;
    if (plus && type !== channelBinding?.type)
      return { type: 'failure', reason: 'that channel binding cannot be used' };
    if (flag === 'y' && channelBinding !== undefined) {
      return {
        type: 'failure',
        reason: 'the -PLUS mechanism was hidden from you: somebody may be in between',
      };
    }
    return undefined;
  }

  #final(message: string, begun: Begun): ServerStep {
    const attributes = parseAttributes(message);
    const [binding, nonce] = attributes ?? [];
    const proof = attributes?.at(-1);
    if (binding?.[0] !== 'c' || nonce?.[0] !== 'r' || proof?.[0] !== 'p') return malformed;
    const { channelBinding, crypto } = this.#context;
    const data = this.#variant.plus && channelBinding !== undefined ? channelBinding.data : new Uint8Array(0);
    const expected = encodeBase64(concatenate([encodeText(begun.gs2), data]));
    const octets = decodeBase64(proof[1]);
    if (binding[1] !== expected || nonce[1] !== begun.nonce || octets === undefined) return rejected;
    const withoutProof = message.slice(0, message.lastIndexOf(',p='));
    const authMessage = `${begun.clientFirstBare},${begun.serverFirst},${withoutProof}`;
    const { algorithm } = this.#variant;
    const proved = verifyProof(crypto, algorithm, begun.keys.storedKey, octets, authMessage);
    if (!proved || !begun.known) return rejected;
    this.#success = accepted(begun.user, begun.authorizationId);
    const signature = serverSignature(crypto, algorithm, begun.keys.serverKey, authMessage);
    return { type: 'challenge', data: encodeText(`v=${encodeBase64(signature)}`) };
  }
}
