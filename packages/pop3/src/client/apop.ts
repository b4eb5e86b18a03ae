import { LocalProtocolError, type Secret, secret } from '../protocol/index.ts';
import { apopDigest } from '../sasl/index.ts';
import { nodeCrypto } from '../transport/index.ts';
import type { CommandOptions } from './exchange.ts';
import { redactCredentials, redactValues } from './redact.ts';
import { requestSecretly } from './request.ts';
import type { Session } from './session.ts';

/** What APOP takes. */
export interface ApopOptions extends CommandOptions {
  readonly user: string;
  readonly password: string | Secret<string>;
  readonly passwordEncoding?: 'utf-8' | 'latin1' | undefined;
}

/** APOP (RFC 1939 section 7): the password itself is not sent. Gives the server's words. */
export async function apop(
  session: Session,
  { timestamp }: { readonly timestamp: string | undefined },
  options: ApopOptions,
): Promise<string> {
  if (timestamp === undefined) {
    throw new LocalProtocolError('APOP cannot be used: the greeting holds no timestamp', { command: 'APOP' });
  }
  const credentials = { user: options.user, password: secret(options.password) };
  const digest = apopDigest(timestamp, {
    credentials,
    crypto: nodeCrypto,
    passwordEncoding: options.passwordEncoding ?? 'utf-8',
  });
  const command = { keyword: 'APOP', name: options.user, digest } as const;
  const [withoutPassword, withoutDigest] = [redactCredentials(credentials), redactValues([digest.reveal()])];
  return requestSecretly(session, command, (text) => withoutDigest(withoutPassword(text)), options);
}
