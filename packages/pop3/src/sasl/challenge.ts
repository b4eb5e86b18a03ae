import { decodeBase64 } from './base64.ts';
import { SaslError } from './error.ts';
import type { SaslLimits } from './mechanism.ts';

/** Where in an exchange a challenge stands. */
export interface ChallengePosition {
  /** The mechanism's name, for errors. */
  readonly mechanism: string;
  /** It is the first challenge of this exchange. */
  readonly first: boolean;
  /** The mechanism has an initial response. */
  readonly clientSpeaksFirst: boolean;
}

/**
 * The octets of a challenge, out of what stood behind `+ `.
 *
 * Where the client speaks first, the server's first `+` is only a sign to go on. Servers that write prose there
 * (`+ go ahead`) are understood: what is not base64 counts as an empty challenge. Nowhere else.
 *
 * @throws SaslError with the rule `challenge-not-base64` or `challenge-too-long`.
 */
export function decodeChallenge(text: string, position: ChallengePosition, limits: SaslLimits): Uint8Array {
  const { mechanism } = position;
  // Four characters hold three octets; what is longer is not worth decoding.
  if (text.length > Math.ceil(limits.challengeOctets / 3) * 4) throw tooLong(mechanism, limits);
  const octets = decodeBase64(text);
  if (octets === undefined) {
    if (position.first && position.clientSpeaksFirst) return new Uint8Array(0);
    throw new SaslError("the server's challenge is not base64", { mechanism, rule: 'challenge-not-base64' });
  }
  if (octets.length > limits.challengeOctets) throw tooLong(mechanism, limits);
  return octets;
}

function tooLong(mechanism: string, limits: SaslLimits): SaslError {
  return new SaslError(
    `the server's challenge is longer than ${limits.challengeOctets} octets`,
    { mechanism, rule: 'challenge-too-long' },
    { hint: 'Raise limits.challengeOctets if this server is right to send so much.' },
  );
}
