import {
  type ConnectOptions,
  Pop3Client,
  type Security,
  TlsPolicyError,
  type TlsState,
} from '@postrider/pop3';
import { describeFailure } from '../failure/index.ts';
import { type LoginWays, loginWays, type WayCircumstances } from './way.ts';

/** A certificate that a server showed. */
export interface ExaminedCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  /** What `--pin` takes. */
  readonly pin: string;
}

/** Why a way to connect does not work. */
export interface ExaminationFailure {
  readonly sentence: string;
  readonly hint: string | null;
  /** The certificate check that failed. */
  readonly check: string | null;
  readonly exitCode: number;
}

/** What one way to connect showed. Keys are stable: `doctor --json` prints it. */
export interface Examination {
  readonly security: Security;
  readonly port: number;
  /** Null: it works. */
  readonly error: ExaminationFailure | null;
  readonly tls: {
    readonly version: string;
    readonly cipher: string;
    readonly channelBinding: string | null;
  } | null;
  /** Also the one that was refused. */
  readonly certificate: ExaminedCertificate | null;
  readonly greeting: string | null;
  readonly capabilities: readonly string[] | null;
  readonly ways: LoginWays | null;
}

/** What somebody means to log in with. */
export type Intention = Pick<WayCircumstances, 'mechanisms' | 'clientCertificate'>;

/** Connects in one way and looks around, without logging in. Rejects only where the user wanted out. */
export async function examine(
  options: ConnectOptions,
  security: Security,
  port: number,
  intention: Intention,
): Promise<Examination> {
  const place = { security, port };
  let client: Pop3Client;
  try {
    client = await Pop3Client.connect({ ...options, security, port });
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ...place, ...nothing, error: toFailure(error), certificate: refusedCertificate(error) };
  }
  try {
    const { tls, capabilities, greeting } = client;
    return {
      ...place,
      error: null,
      tls: tls === undefined ? null : describeTls(tls),
      certificate: tls === undefined ? null : describeCertificate(tls.peerCertificate),
      greeting: greeting.text,
      capabilities: capabilities?.toJSON() ?? null,
      ways: loginWays({
        ...intention,
        capabilities,
        timestamp: greeting.timestamp,
        protected: tls !== undefined,
        channelBinding: tls?.channelBinding !== undefined,
      }),
    };
  } finally {
    await client.quit().catch(() => {});
    client.destroy();
  }
}

const nothing = { tls: null, greeting: null, capabilities: null, ways: null };

function toFailure(error: unknown): ExaminationFailure {
  const { sentence, hint, exitCode } = describeFailure(error);
  const check = error instanceof Error && 'check' in error ? String(error.check) : null;
  return { sentence, hint: hint ?? null, check, exitCode };
}

function describeTls({ version, cipher, channelBinding }: TlsState): Examination['tls'] {
  return { version, cipher, channelBinding: channelBinding?.type ?? null };
}

function describeCertificate(certificate: TlsState['peerCertificate']): ExaminedCertificate {
  const { subject, issuer, names, notBefore, notAfter, pin } = certificate;
  const daysLeft = Math.floor((notAfter.getTime() - Date.now()) / 86_400_000);
  return {
    subject,
    issuer,
    names,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    daysLeft,
    pin,
  };
}

function refusedCertificate(error: unknown): ExaminedCertificate | null {
  if (!(error instanceof TlsPolicyError)) return null;
  const { subject, issuer, names, notBefore, notAfter, pin } = error;
  if (subject === undefined || issuer === undefined || pin === undefined) return null;
  if (notBefore === undefined || notAfter === undefined) return null;
  return describeCertificate({ subject, issuer, names, notBefore, notAfter, pin });
}
