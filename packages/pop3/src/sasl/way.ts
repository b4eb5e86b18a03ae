import type { SaslMechanism } from './mechanism.ts';

/** A way to log in, as far as planning needs to know it. A {@link SaslMechanism} is one. */
export type Way = Pick<SaslMechanism, 'name' | 'exposure' | 'needs' | 'channelBinding'>;

const scram = (hash: string, channelBinding: boolean): Way => ({
  name: `SCRAM-${hash}${channelBinding ? '-PLUS' : ''}`,
  exposure: 'digest',
  needs: 'password',
  channelBinding,
});

const readable = (name: string, needs: Way['needs']): Way => ({
  name,
  exposure: 'readable',
  needs,
  channelBinding: false,
});

const digest = (name: string): Way => ({
  name,
  exposure: 'digest',
  needs: 'password',
  channelBinding: false,
});

const withoutSecret = (name: string, needs: Way['needs']): Way => ({
  name,
  exposure: 'none',
  needs,
  channelBinding: false,
});

/** The ways that take a token, best first. */
export const tokenWays: readonly Way[] = [
  readable('OAUTHBEARER', 'accessToken'),
  readable('XOAUTH2', 'accessToken'),
];

/** The ways that prove knowledge of the password to both sides, strongest first. */
export const scramWays: readonly Way[] = [
  ...['SHA-512', 'SHA-256', 'SHA-1'].map((hash) => scram(hash, true)),
  ...['SHA-512', 'SHA-256', 'SHA-1'].map((hash) => scram(hash, false)),
];

/** The ways that send the password itself: fit for TLS. */
export const readableWays: readonly Way[] = ['PLAIN', 'LOGIN', 'USER'].map((name) =>
  readable(name, 'password'),
);

/** The ways that send an MD5 digest: better than the password itself where there is no TLS. */
export const digestWays: readonly Way[] = ['CRAM-MD5', 'APOP'].map(digest);

export const external: Way = withoutSecret('EXTERNAL', 'certificate');
export const anonymous: Way = withoutSecret('ANONYMOUS', 'nothing');

/** The ways that know of no authorization identity (RFC 4422 section 2). */
export const withoutIdentity: ReadonlySet<string> = new Set([
  'LOGIN',
  'USER',
  'CRAM-MD5',
  'APOP',
  'XOAUTH2',
  'ANONYMOUS',
]);

/** Every way that the package knows. */
export const ways: ReadonlyMap<string, Way> = new Map(
  [...tokenWays, ...scramWays, ...readableWays, ...digestWays, external, anonymous].map((way) => [
    way.name,
    way,
  ]),
);

/** What is refused on purpose, and what to use instead. */
export const refusedWays: ReadonlyMap<string, string> = new Map([
  ['DIGEST-MD5', 'DIGEST-MD5 is historic (RFC 6331); use SCRAM-SHA-256, or PLAIN inside TLS'],
  ['NTLM', 'NTLM is proprietary and broken; use OAUTHBEARER, XOAUTH2, or PLAIN inside TLS'],
  ...['GSSAPI', 'GSS-SPNEGO', 'GS2-KRB5', 'GS2-KRB5-PLUS', 'KERBEROS_V4'].map(
    (name) => [name, `${name} needs a Kerberos library; use SCRAM-SHA-256, or PLAIN inside TLS`] as const,
  ),
]);
