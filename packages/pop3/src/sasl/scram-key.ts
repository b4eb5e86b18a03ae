import { encodeText } from '../protocol/index.ts';
import type { CryptoPort, HashAlgorithm } from './mechanism.ts';
import { exclusiveOr } from './octet.ts';

/** What follows from a password, salt and iteration count (RFC 5802 section 3). */
export interface ScramKeys {
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** Derives the keys; PBKDF2 runs off the main thread. */
export async function deriveKeys(
  crypto: CryptoPort,
  algorithm: HashAlgorithm,
  password: Uint8Array,
  { salt, iterations }: { readonly salt: Uint8Array; readonly iterations: number },
): Promise<ScramKeys> {
  const salted = await crypto.pbkdf2(algorithm, password, salt, iterations);
  const clientKey = crypto.hmac(algorithm, salted, encodeText('Client Key'));
  return {
    clientKey,
    storedKey: crypto.hash(algorithm, clientKey),
    serverKey: crypto.hmac(algorithm, salted, encodeText('Server Key')),
  };
}

/** The client's proof over a conversation. */
export function clientProof(
  crypto: CryptoPort,
  algorithm: HashAlgorithm,
  keys: Pick<ScramKeys, 'clientKey' | 'storedKey'>,
  authMessage: string,
): Uint8Array {
  return exclusiveOr(keys.clientKey, crypto.hmac(algorithm, keys.storedKey, encodeText(authMessage)));
}

/** Whether a proof shows knowledge of the password. */
export function verifyProof(
  crypto: CryptoPort,
  algorithm: HashAlgorithm,
  storedKey: Uint8Array,
  proof: Uint8Array,
  authMessage: string,
): boolean {
  const signature = crypto.hmac(algorithm, storedKey, encodeText(authMessage));
  if (proof.length !== signature.length) return false;
  return crypto.equal(crypto.hash(algorithm, exclusiveOr(proof, signature)), storedKey);
}

/** The server's signature over a conversation: its own proof. */
export function serverSignature(
  crypto: CryptoPort,
  algorithm: HashAlgorithm,
  serverKey: Uint8Array,
  authMessage: string,
): Uint8Array {
  return crypto.hmac(algorithm, serverKey, encodeText(authMessage));
}
