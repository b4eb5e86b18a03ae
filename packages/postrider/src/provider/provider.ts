/** What is known of a mail provider that many people use. */
export interface Provider {
  readonly name: string;
  /** Mail domains, and host names of its servers. */
  readonly domains: readonly string[];
  /** Undefined: it has no POP3. */
  readonly host: string | undefined;
  readonly login: 'password' | 'app-password' | 'oauth' | 'oauth-or-app-password' | 'authorization-code';
  /** What somebody needs to know, in one sentence. */
  readonly advice: string;
}

const enable = 'POP has to be enabled in its settings first.';

/** The providers that are known, and their needs. */
export const providers: readonly Provider[] = [
  {
    name: 'Gmail',
    domains: ['gmail.com', 'googlemail.com', 'pop.gmail.com'],
    host: 'pop.gmail.com',
    login: 'oauth-or-app-password',
    advice: `${enable} With two-step verification, an app password is the password; Google Workspace takes OAuth 2.0 only.`,
  },
  {
    name: 'Outlook.com and Microsoft 365',
    domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'outlook.office365.com'],
    host: 'outlook.office365.com',
    login: 'oauth',
    advice: `It takes OAuth 2.0 only (postrider login). ${enable}`,
  },
  {
    name: 'Yahoo',
    domains: ['yahoo.com', 'ymail.com', 'pop.mail.yahoo.com'],
    host: 'pop.mail.yahoo.com',
    login: 'oauth-or-app-password',
    advice: 'It wants an app password, not the one of the web site.',
  },
  {
    name: 'AOL',
    domains: ['aol.com', 'pop.aol.com'],
    host: 'pop.aol.com',
    login: 'oauth-or-app-password',
    advice: 'It wants an app password, not the one of the web site.',
  },
  {
    name: 'AT&T',
    domains: ['att.net', 'inbound.att.net'],
    host: 'inbound.att.net',
    login: 'app-password',
    advice: 'It wants a secure mail key as the password.',
  },
  {
    name: 'Fastmail',
    domains: ['fastmail.com', 'pop.fastmail.com'],
    host: 'pop.fastmail.com',
    login: 'app-password',
    advice: 'It wants an app password.',
  },
  {
    name: 'GMX',
    domains: ['gmx.net', 'gmx.de', 'gmx.at', 'gmx.ch', 'gmx.com', 'pop.gmx.net'],
    host: 'pop.gmx.net',
    login: 'password',
    advice: enable,
  },
  {
    name: 'mail.com',
    domains: ['mail.com', 'pop.mail.com'],
    host: 'pop.mail.com',
    login: 'password',
    advice: enable,
  },
  {
    name: 'WEB.DE',
    domains: ['web.de', 'pop3.web.de'],
    host: 'pop3.web.de',
    login: 'password',
    advice: `${enable} It wants 15 minutes between two logins.`,
  },
  {
    name: 'T-Online',
    domains: ['t-online.de', 'securepop.t-online.de'],
    host: 'securepop.t-online.de',
    login: 'password',
    advice: 'It wants the password for mail programs, not the one of the customer centre.',
  },
  {
    name: 'Orange',
    domains: ['orange.fr', 'wanadoo.fr', 'pop.orange.fr'],
    host: 'pop.orange.fr',
    login: 'password',
    advice: 'The whole address is the user name.',
  },
  {
    name: 'SFR',
    domains: ['sfr.fr', 'pop.sfr.fr'],
    host: 'pop.sfr.fr',
    login: 'password',
    advice: 'The whole address is the user name.',
  },
  {
    name: 'Free',
    domains: ['free.fr', 'pop.free.fr'],
    host: 'pop.free.fr',
    login: 'password',
    advice: 'The part before the @ is the user name.',
  },
  {
    name: 'La Poste',
    domains: ['laposte.net', 'pop.laposte.net'],
    host: 'pop.laposte.net',
    login: 'password',
    advice: 'The part before the @ is the user name.',
  },
  {
    name: 'Zoho',
    domains: ['zoho.com', 'pop.zoho.com'],
    host: 'pop.zoho.com',
    login: 'app-password',
    advice: `${enable} It wants an app password.`,
  },
  {
    name: 'Yandex',
    domains: ['yandex.com', 'yandex.ru', 'pop.yandex.com'],
    host: 'pop.yandex.com',
    login: 'app-password',
    advice: `${enable} It wants an app password.`,
  },
  {
    name: 'Mail.ru',
    domains: ['mail.ru', 'pop.mail.ru'],
    host: 'pop.mail.ru',
    login: 'app-password',
    advice: 'It wants an app password.',
  },
  {
    name: 'QQ',
    domains: ['qq.com', 'pop.qq.com'],
    host: 'pop.qq.com',
    login: 'authorization-code',
    advice: 'It wants an authorization code as the password, and shows 30 days by default.',
  },
  {
    name: '163',
    domains: ['163.com', 'pop.163.com'],
    host: 'pop.163.com',
    login: 'authorization-code',
    advice: 'It wants an authorization code as the password.',
  },
  {
    name: '126',
    domains: ['126.com', 'pop.126.com'],
    host: 'pop.126.com',
    login: 'authorization-code',
    advice: 'It wants an authorization code as the password.',
  },
  {
    name: 'iCloud',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    host: undefined,
    login: 'app-password',
    advice: 'It has no POP3, only IMAP.',
  },
  {
    name: 'Proton',
    domains: ['proton.me', 'protonmail.com'],
    host: undefined,
    login: 'password',
    advice: 'It has no POP3.',
  },
];

/** The provider of a mail domain, or of a server. */
export function recogniseProvider(hostOrDomain: string): Provider | undefined {
  const name = hostOrDomain.toLowerCase().replace(/\.$/, '');
  return providers.find(({ domains }) => domains.includes(name));
}
