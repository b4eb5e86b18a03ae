import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { LocalProtocolError } from '../protocol/index.ts';
import type { ServerTlsOptions } from './transport.ts';

/**
 * How a client does TLS. All texts are PEM. There is no way to switch the verification off: trust another authority with
 * `ca`, or one key with `pin`.
 */
export interface TlsOptions {
  /** The authorities that are trusted, instead of those that come with the platform. */
  readonly ca?: string | readonly string[] | undefined;
  /**
   * SHA-256 of the server's subject public key info, base64, as `TlsPolicyError.pin` has it; `sha256//` may stand before
   * it. Trusts exactly this key: issuer, names and dates do not matter then, unless `ca` is given as well, when all has to hold.
   */
  readonly pin?: string | undefined;
  /** The client's certificate, followed by its intermediate ones. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Opens `key`. */
  readonly passphrase?: string | undefined;
  /** `TLSv1.2` by default. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

/** Options that were found to be sound. */
export interface TlsSettings {
  readonly context: SecureContext;
  /** Without the prefix. */
  readonly pin: string | undefined;
  /** The chain, the name and the dates are checked. */
  readonly verifyChain: boolean;
  readonly clientCertificate: boolean;
}

/** @throws LocalProtocolError where a text is not what it should be. */
export function readTlsOptions(options: TlsOptions = {}): TlsSettings {
  const { ca, pin, cert, key, passphrase, minVersion = 'TLSv1.2' } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw new LocalProtocolError('a client certificate needs its key, and a key its certificate', {
      hint: 'Give both `cert` and `key`.',
    });
  }
  return {
    context: makeContext('the client certificate or its key', {
      ca: readAuthorities('ca', ca),
      cert,
      key,
      passphrase,
      minVersion,
    }),
    pin: pin === undefined ? undefined : readPin(pin),
    verifyChain: pin === undefined || ca !== undefined,
    clientCertificate: cert !== undefined,
  };
}

/** @throws LocalProtocolError where a text is not what it should be. */
export function readServerTlsOptions(options: ServerTlsOptions): SecureContext {
  const { cert, key, passphrase, minVersion = 'TLSv1.2', clientCa } = options;
  const ca = readAuthorities('clientCa', clientCa);
  return makeContext("the server's certificate or its key", { ca, cert, key, passphrase, minVersion });
}

interface ContextOptions {
  readonly ca: string[] | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly passphrase: string | undefined;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

function makeContext(what: string, { ca, cert, key, passphrase, minVersion }: ContextOptions): SecureContext {
  try {
    return createSecureContext({
      minVersion,
      ...(ca && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LocalProtocolError(`${what} cannot be used: ${reason}`, {
      cause,
      hint: 'Both must be PEM, and belong together; an encrypted key needs its passphrase.',
    });
  }
}

// Node takes a text without any certificate for an empty list, and then trusts nobody: better said at once.
function readAuthorities(option: string, ca: string | readonly string[] | undefined): string[] | undefined {
  if (ca === undefined) return undefined;
  const texts = typeof ca === 'string' ? [ca] : [...ca];
  for (const text of texts) {
    try {
      new X509Certificate(text);
    } catch (cause) {
      throw new LocalProtocolError(`\`${option}\` holds no certificate that can be read`, {
        cause,
        hint: 'It must be the text of a PEM file: -----BEGIN CERTIFICATE----- and so on.',
      });
    }
  }
  return texts;
}

function readPin(pin: string): string {
  const base64 = pin.trim().replace(/^sha256\/\/?/, '');
  // 32 octets are 43 characters and one padding; of the last character, four bits are used.
  if (/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(base64)) return base64;
  throw new LocalProtocolError('the pin is not the base64 of a SHA-256 hash', {
    hint: 'It has 44 characters, the last one "=". A failed certificate check names the pin of the key that was shown.',
  });
}
