import { LocalProtocolError, type Secret } from '../protocol/index.ts';
import {
  AuthenticationRejectedError,
  mechanisms,
  type SaslLimits,
  type SaslMechanism,
} from '../sasl/index.ts';
import { type CredentialOptions, wrapCredentials } from './credential.ts';
import type { CommandOptions } from './exchange.ts';
import { runMechanism } from './mechanism-run.ts';
import type { Session } from './session.ts';

/** What AUTH takes. */
export interface AuthOptions extends CredentialOptions, CommandOptions {
  readonly mechanism: string | SaslMechanism;
  readonly accessToken?: string | Secret<string> | undefined;
  readonly saslLimits?: Partial<SaslLimits> | undefined;
}

/** AUTH (RFC 5034) with one mechanism. Gives the server's words. */
export async function auth(session: Session, options: AuthOptions): Promise<string> {
  const { mechanism: asked } = options;
  const mechanism = typeof asked === 'string' ? mechanisms.get(asked.toUpperCase()) : asked;
  if (mechanism === undefined) {
    throw new LocalProtocolError(`the SASL mechanism ${String(asked)} is not known`, {
      command: 'AUTH',
      hint: 'Give an object that implements SaslMechanism.',
    });
  }
  const { response, tokenError } = await runMechanism(session, mechanism, {
    credentials: wrapCredentials(options, options.accessToken),
    allowCleartextPassword: options.allowCleartextPassword ?? false,
    passwordEncoding: options.passwordEncoding ?? 'utf-8',
    saslLimits: options.saslLimits,
    signal: options.signal,
  });
  if (response.status === '+OK') return response.text;
  const { text, responseCode } = response;
  throw new AuthenticationRejectedError(
    { mechanism: mechanism.name, text, responseCode, tokenError },
    { command: 'AUTH' },
  );
}
