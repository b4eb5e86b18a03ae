import { exitCodes } from '../failure/index.ts';
import type { TopicName } from '../flag/topic-name.ts';
import { configurationText } from './configuration.ts';
import { destinationText } from './destination-topic.ts';
import { jsonText } from './json.ts';

/** A page of `postrider help`. */
export interface Topic {
  readonly name: TopicName;
  readonly summary: string;
  text(): string;
}

/** The pages that are not about one command. */
export const topics: readonly Topic[] = [
  {
    name: 'exit-codes',
    summary: 'what the exit code says',
    text: () =>
      [
        'Exit codes:',
        '',
        ...exitCodes.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
      ].join('\n'),
  },
  {
    name: 'destinations',
    summary: 'where mail can be delivered',
    text: () => destinationText,
  },
  {
    name: 'security',
    summary: 'how connections and passwords are protected',
    text: () => `Connections:

  --security tls        TLS from the first octet, port 995. The default.
  --security starttls   Plain text until STLS, then TLS, port 110. Without STLS
                        nothing is sent.
  --security none       No protection. The output says so.

The certificate is always checked: its issuer, its dates, and whether it is for
the host that you typed. No option switches that off. For a server of your own,
give its authority (--ca FILE), or its key (--pin SHA256); a failed check names
the pin.

Logins:

  The strongest way that the server offers is used: a token (OAUTHBEARER,
  XOAUTH2), then SCRAM; inside TLS then PLAIN, LOGIN and USER; outside TLS
  CRAM-MD5 and APOP. Without TLS, a readable password is sent only with
  --allow-cleartext-password. A refused password ends it: nothing weaker is
  tried.

Passwords come from the first of: --token-command, --password-command,
--password-file, POSTRIDER_TOKEN, POSTRIDER_PASSWORD, the keyring, and a prompt
without echo. They never stand on the command line, where every program could
see them.

What postrider login keeps is in the keyring of the operating system: Keychain,
Credential Manager, Secret Service. Where there is none, or
POSTRIDER_KEYRING=none says so, it is in a file that only you can read:
postrider/secrets.json in the user's state folder.`,
  },
  {
    name: 'oauth',
    summary: 'how tokens are got, kept and refreshed',
    text: () => `OAuth 2.0: postrider login ACCOUNT gets tokens, tries them at the mail server,
and keeps them.

  --flow browser              You sign in with a browser on this machine, which
                              comes back to 127.0.0.1. The default.
  --flow device               You enter a code on any other device. What happens
                              where there is no browser, if the provider allows
                              it. Google does not.
  --flow client-credentials   The application logs in for itself, without a
                              person: shared mailboxes of Microsoft 365.

A browser on another machine: open the address there. At the end it cannot show
the page on 127.0.0.1; copy that page's address, and fetch it on this machine,
in a second terminal: curl 'ADDRESS'

Who you are to the provider: the client id that you registered there, from
--client-id, the configuration, or the last login; otherwise it is asked for. A
client secret, where one is needed, comes from --client-secret-command, the
configuration's client-secret-command, POSTRIDER_CLIENT_SECRET, or is asked for.
Postrider brings no client id of its own.

Google and Microsoft are known by the account's server. Any other server is
configured, by its issuer or its endpoints:

  [accounts.work.oauth]
  issuer = "https://sso.example.org"
  client-id = "postrider"
  scopes = ["openid", "offline_access", "mail"]

Tokens are refreshed when 80 % of their life is over, by one process at a time,
and whenever the mail server says that one has expired. When the provider ends a
sign-in, every command says so and names the way back: postrider login ACCOUNT.
postrider logout ACCOUNT revokes and forgets them.
Requests to the provider go through the account's proxy, as the mail does; the
browser has its own.`,
  },
  {
    name: 'gmail',
    summary: 'what Gmail needs',
    text: () => `Gmail: pop.gmail.com, port 995, TLS.

  1. In Gmail, under Settings, Forwarding and POP/IMAP: enable POP for the mail
     that you want.
  2. Add the account; its server is known:
       postrider accounts add
  3. Choose how to log in. With two-step verification on, an app password
     (myaccount.google.com/apppasswords) is the password. Google Workspace takes
     OAuth 2.0 only. That needs a client of your own: at
     console.cloud.google.com, make a project, allow the scope
     https://mail.google.com/ on its consent screen, with yourself as a test
     user, and make an OAuth client of the type Desktop app. Its client id and
     client secret are what is asked for.
  4. Sign in with the browser, and tick the box for mail. Later, to sign in
     again:
       postrider login ACCOUNT
     Google gives no access to mail by device code: see postrider help oauth for
     machines without a browser. Sign-ins of a project in the state Testing end
     after seven days.

  Good to know: a session lists only some hundred messages, so collect runs
  sessions until nothing is new. The user name recent:you@gmail.com shows the
  last 30 days to every client. What happens to a message after it was fetched
  is decided in Gmail's own settings.`,
  },
  {
    name: 'outlook',
    summary: 'what Outlook.com, Hotmail and Microsoft 365 need',
    text: () => `Outlook.com, Hotmail and Microsoft 365: outlook.office365.com, port 995, TLS,
OAuth 2.0 only.

  1. Enable POP: in Outlook.com under Settings, Mail, Forwarding and IMAP; in
     Microsoft 365 the administrator does it.
  2. Register an application of your own at entra.microsoft.com: accounts in any
     directory and personal accounts, the redirect URI http://localhost of the
     kind "mobile and desktop", public client flows allowed, and the delegated
     permission POP.AccessAsUser.All. Its client id is what is asked for.
  3. Add the account, and sign in with the browser, or, where there is none,
     with a code on any other device:
       postrider accounts add
     Later, to sign in again: postrider login ACCOUNT [--flow device]

  A shared mailbox of Microsoft 365, without a person: give the application a
  client secret and the application permission POP.AccessAsApp, let the
  administrator consent and allow it the mailbox (Add-MailboxPermission), and
  configure:
       [accounts.shared]
       host = "outlook.office365.com"
       user = "shared@example.org"
       [accounts.shared.oauth]
       flow = "client-credentials"
       tenant = "example.org"
       client-id = "..."
       client-secret-command = "..."

  Good to know: sessions that are idle for 60 seconds are ended.`,
  },
  { name: 'configuration', summary: 'the configuration file', text: configurationText },
  { name: 'json', summary: 'what --json prints, and what can be relied upon', text: () => jsonText },
];
