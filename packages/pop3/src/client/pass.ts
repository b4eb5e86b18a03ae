import { type Secret, secret } from '../protocol/index.ts';
import { encodePassword } from '../sasl/index.ts';
import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import { guardReveal } from './reveal.ts';
import type { Session } from './session.ts';

/** What PASS takes. */
export interface PassOptions extends CommandOptions {
  readonly password: string | Secret<string>;
  /** Lets the password cross a connection without TLS. */
  readonly allowCleartextPassword?: boolean | undefined;
  readonly passwordEncoding?: 'utf-8' | 'latin1' | undefined;
}

/** PASS (RFC 1939 section 7). Gives the server's words. */
export async function pass(session: Session, options: PassOptions): Promise<string> {
  const { passwordEncoding = 'utf-8', allowCleartextPassword = false } = options;
  const credentials = { user: '', password: secret(options.password) };
  session.redactor.addCredentials(credentials);
  guardReveal(session, { name: 'PASS', exposure: 'readable' }, allowCleartextPassword);
  const password = secret(encodePassword({ credentials, passwordEncoding }));
  return request(session, { keyword: 'PASS', password }, ({ text }) => text, options);
}
