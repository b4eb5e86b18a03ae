import { exitCodes } from '../failure/index.ts';

/** A page of `postrider help`. */
export interface Topic {
  readonly name: string;
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
    name: 'security',
    summary: 'how connections and passwords are protected',
    text: () => `Connections:

  --security tls        TLS from the first octet, port 995. The default.
  --security starttls   Plain text until STLS, then TLS, port 110. Without STLS nothing is sent.
  --security none       No protection. The output says so.

The certificate is always checked: its issuer, its dates, and whether it is for the host that you typed. No option
switches that off. For a server of your own, give its authority (--ca FILE), or its key (--pin SHA256); a failed
check names the pin.

Logins:

  The strongest way that the server offers is used: a token (OAUTHBEARER, XOAUTH2), then SCRAM; inside TLS then
  PLAIN, LOGIN and USER; outside TLS CRAM-MD5 and APOP. Without TLS, a readable password is sent only with
  --allow-cleartext-password. A refused password ends it: nothing weaker is tried.

Passwords come from the first of: --token-command, --password-command, --password-file, POSTRIDER_TOKEN, POSTRIDER_PASSWORD,
the keyring, and a prompt without echo. They never stand on the command line, where every program could see them.`,
  },
  {
    name: 'gmail',
    summary: 'what Gmail needs',
    text: () => `Gmail: pop.gmail.com, port 995, TLS.

  1. In Gmail, under Settings, Forwarding and POP/IMAP: enable POP for the mail that you want.
  2. With two-step verification on, make an app password at myaccount.google.com/apppasswords, and use it as the password:
       postrider status pop.gmail.com you@gmail.com
     Google Workspace takes OAuth 2.0 only.

  Good to know: a session lists only some hundred messages, so collect runs sessions until nothing is new. The user name
  recent:you@gmail.com shows the last 30 days to every client. What happens to a message after it was fetched is decided in
  Gmail's own settings.`,
  },
  {
    name: 'outlook',
    summary: 'what Outlook.com, Hotmail and Microsoft 365 need',
    text: () => `Outlook.com, Hotmail and Microsoft 365: outlook.office365.com, port 995, TLS, OAuth 2.0 only.

  1. Enable POP: in Outlook.com under Settings, Mail, Forwarding and IMAP; in Microsoft 365 the administrator does it.
  2. Get an access token for the scope https://outlook.office.com/POP.AccessAsUser.All, and let a command print it:
       postrider status outlook.office365.com you@outlook.com --token-command 'your-token-command'

  Good to know: sessions that are idle for 60 seconds are ended.`,
  },
];
