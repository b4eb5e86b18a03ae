import { LocalProtocolError, type Secret, secret } from '../protocol/index.ts';
import { apopDigest } from '../sasl/index.ts';
import { nodeCrypto } from '../transport/index.ts';
import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
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
  session.redactor.addCredentials(credentials);
  const digest = apopDigest(timestamp, {
    credentials,
    crypto: nodeCrypto,
    passwordEncoding: options.passwordEncoding ?? 'utf-8',
  });
  const command = { keyword: 'APOP', name: options.user, digest } as const;
  session.redactor.addSent(digest);
  return request(session, command, ({ text }) => text, options);
}
