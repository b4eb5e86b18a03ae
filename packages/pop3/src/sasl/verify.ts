import { encodeText } from '../protocol/index.ts';
import type { CredentialStore, CryptoPort, ServerStep } from './mechanism.ts';
import { prepareString } from './saslprep.ts';

/** The one answer to wrong passwords and unknown users alike: nobody learns which users there are. */
export const rejected: ServerStep = { type: 'failure', reason: 'wrong user name or password' };

/** The answer to octets that are no response of the mechanism. */
export const malformed: ServerStep = { type: 'failure', reason: 'the response is malformed' };

/** A success, with the authorization identity where it is another one than the user. */
export function accepted(user: string, authorizationId?: string): ServerStep {
  return authorizationId === undefined || authorizationId === '' || authorizationId === user
    ? { type: 'success', user }
    : { type: 'success', user, authorizationId };
}

/**
 * Checks a password against the store; where the store has no check of its own, as given and, where that fails, both
 * sides prepared with SASLprep (RFC 4616 section 2).
 */
export async function verifyPassword(
  { store, crypto }: { readonly store: CredentialStore; readonly crypto: CryptoPort },
  user: string,
  password: string,
): Promise<boolean> {
  if (store.checkPassword !== undefined) return store.checkPassword(user, password);
  const stored = await store.password(user);
  // Unknown users cost the same comparison.
  const expected = encodeText(stored ?? '');
  const same = crypto.equal(expected, encodeText(password));
  const prepared = crypto.equal(
    encodeText(prepareString(stored ?? '') ?? ''),
    encodeText(prepareString(password) ?? ''),
  );
  return (
    stored !== undefined &&
    stored !== '' &&
    password !== '' &&
    (same || (prepared && Boolean(prepareString(password))))
  );
}
