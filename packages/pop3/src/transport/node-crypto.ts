import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CryptoPort, HashAlgorithm } from '../sasl/index.ts';

const platform: Readonly<Record<HashAlgorithm, { readonly name: string; readonly octets: number }>> = {
  MD5: { name: 'md5', octets: 16 },
  'SHA-1': { name: 'sha1', octets: 20 },
  'SHA-256': { name: 'sha256', octets: 32 },
  'SHA-512': { name: 'sha512', octets: 64 },
};

/** Hashes and randomness of the platform, through `node:crypto` (Node, Bun, Deno). PBKDF2 runs in the thread pool. */
export const nodeCrypto: CryptoPort = {
  hash: (algorithm, octets) => new Uint8Array(createHash(platform[algorithm].name).update(octets).digest()),

  hmac: (algorithm, key, octets) =>
    new Uint8Array(createHmac(platform[algorithm].name, key).update(octets).digest()),

  pbkdf2: (algorithm, password, salt, iterations) =>
    new Promise((resolve, reject) => {
      const { name, octets } = platform[algorithm];
      pbkdf2(password, salt, iterations, octets, name, (error, key) => {
        if (error) reject(error);
        else resolve(new Uint8Array(key));
      });
    }),

  randomOctets: (length) => new Uint8Array(randomBytes(length)),

  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};
