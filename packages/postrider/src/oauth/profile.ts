import type { AuthorizationServer } from './token-record.ts';

/** What is known of a provider's OAuth 2.0. */
export interface Profile {
  /** For people. */
  readonly name: string;
  /** Names of its POP3 servers. */
  readonly hosts: readonly string[];
  /** Its endpoints; `tenant` is Microsoft's. */
  server(tenant: string): AuthorizationServer;
  /** What to ask for, for a person's own mail. */
  readonly scopes: readonly string[];
  /** What an application without a person asks for; undefined: there is no such thing. */
  readonly applicationScopes: readonly string[] | undefined;
  /** The name of this machine in redirect URIs, as the provider wants it registered. */
  readonly redirectHost: 'localhost' | '127.0.0.1';
  /** More parameters for the sign-in page, without which there is no refresh token. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Every client has a secret, also those that cannot keep one. */
  readonly secretForEveryone: boolean;
  /** It takes passwords too: those that are made for one program. */
  readonly appPasswords: boolean;
  /** How to come by a client id, in one sentence. */
  readonly registration: string;
  /** Why there is no device code, where there is none. */
  readonly noDeviceCode: string | undefined;
  /** Where a person can see and end what was granted. */
  readonly grants: string;
}

const google: Profile = {
  name: 'Google',
  hosts: ['pop.gmail.com', 'pop.googlemail.com'],
  server: () => ({
    issuer: 'https://accounts.google.com',
    authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
    token_endpoint: 'https://oauth2.googleapis.com/token',
    revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  }),
  scopes: ['https://mail.google.com/'],
  applicationScopes: undefined,
  redirectHost: '127.0.0.1',
  parameters: { access_type: 'offline', prompt: 'consent' },
  secretForEveryone: true,
  appPasswords: true,
  registration:
    'Make an OAuth client of the type "Desktop app" at console.cloud.google.com, under APIs & Services, Credentials.',
  noDeviceCode: 'Google gives no access to mail by device code',
  grants: 'https://myaccount.google.com/connections',
};

const microsoft: Profile = {
  name: 'Microsoft',
  hosts: ['outlook.office365.com', 'outlook.office.com', 'pop-mail.outlook.com'],
  server: (tenant) => {
    const base = `https://login.microsoftonline.com/${encodeURIComponent(tenant)}`;
    return {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    };
  },
  scopes: ['https://outlook.office.com/POP.AccessAsUser.All', 'offline_access'],
  applicationScopes: ['https://outlook.office365.com/.default'],
  redirectHost: 'localhost',
  parameters: {},
  secretForEveryone: false,
  appPasswords: false,
  registration:
    'Register an application at entra.microsoft.com with the redirect URI http://localhost (mobile and desktop), and allow public client flows.',
  noDeviceCode: undefined,
  grants: 'https://myaccount.microsoft.com/ or https://account.live.com/consent/Manage',
};

/** The providers with a profile, by the names that the configuration has for them. */
export const profiles: Readonly<Record<'google' | 'microsoft', Profile>> = { google, microsoft };

/** The profile that belongs to a POP3 server. */
export function profileOfHost(host: string): Profile | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  return Object.values(profiles).find(({ hosts }) => hosts.includes(name));
}
