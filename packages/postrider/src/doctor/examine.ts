import { type ConnectOptions, Pop3Client, type Security } from '@postrider/pop3';
import { type AuthenticationPlan, planAuthentication } from '@postrider/pop3/sasl';
import { describeFailure } from '../failure/index.ts';

/** What one way to connect showed. Keys are stable: `doctor --json` prints it. */
export interface Examination {
  readonly security: Security;
  readonly port: number;
  /** Undefined: it works. */
  readonly error: string | null;
  readonly hint: string | null;
  /** The certificate check that failed. */
  readonly check: string | null;
  readonly tls: {
    readonly version: string;
    readonly cipher: string;
    readonly subject: string;
    readonly issuer: string;
    readonly names: readonly string[];
    readonly notAfter: string;
    readonly daysLeft: number;
    readonly pin: string;
    readonly channelBinding: string | null;
  } | null;
  readonly greeting: string | null;
  readonly capabilities: readonly string[] | null;
  readonly plan: AuthenticationPlan | null;
}

/** Connects in one way and looks around, without logging in. */
export async function examine(
  options: ConnectOptions,
  security: Security,
  port: number,
  now: number,
): Promise<Examination> {
  const nothing = {
    security,
    port,
    error: null,
    hint: null,
    check: null,
    tls: null,
    greeting: null,
    capabilities: null,
    plan: null,
  };
  let client: Pop3Client;
  try {
    client = await Pop3Client.connect({ ...options, security, port });
  } catch (error) {
    const { sentence, hint } = describeFailure(error);
    const check = error instanceof Error && 'check' in error ? String(error.check) : null;
    return { ...nothing, error: sentence, hint: hint ?? null, check };
  }
  try {
    const { tls, capabilities, greeting } = client;
    const certificate = tls?.peerCertificate;
    const plan = planAuthentication({
      capabilities,
      timestamp: greeting.timestamp,
      protected: tls !== undefined,
      channelBinding: tls?.channelBinding !== undefined,
      credentials: { password: true, accessToken: true, clientCertificate: tls?.clientCertificate === true },
      allowCleartextPassword: false,
    });
    return {
      ...nothing,
      tls:
        tls === undefined || certificate === undefined
          ? null
          : {
              version: tls.version,
              cipher: tls.cipher,
              subject: certificate.subject,
              issuer: certificate.issuer,
              names: certificate.names,
              notAfter: certificate.notAfter.toISOString(),
              daysLeft: Math.floor((certificate.notAfter.getTime() - now) / 86_400_000),
              pin: certificate.pin,
              channelBinding: tls.channelBinding?.type ?? null,
            },
      greeting: greeting.text,
      capabilities: capabilities?.toJSON() ?? null,
      plan,
    };
  } finally {
    await client.quit().catch(() => {});
    client.destroy();
  }
}
