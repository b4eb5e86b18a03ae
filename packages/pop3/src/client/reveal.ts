import { AuthenticationUnsafeError, mayReveal, type SecretExposure } from '../sasl/index.ts';
import type { Session } from './session.ts';

/**
 * To be called immediately before octets made from a secret are written.
 *
 * @throws AuthenticationUnsafeError where they could be read on the way, and the caller has not allowed that.
 */
export function guardReveal(
  session: Session,
  { name, exposure }: { readonly name: string; readonly exposure: SecretExposure },
  allowCleartextPassword: boolean,
): void {
  const isProtected = session.transport.tls !== undefined;
  if (mayReveal({ exposure, protected: isProtected, allowCleartextPassword })) return;
  throw new AuthenticationUnsafeError(
    `${name} would send the password readable over a connection without TLS`,
    undefined,
    { hint: 'Use security "tls" or "starttls"; allowCleartextPassword: true sends it all the same.' },
  );
}
