import { CommandDestination } from './command.ts';
import type { Destination } from './destination.ts';
import { EmlDestination } from './eml.ts';
import { ImapDestination } from './imap.ts';
import { MaildirDestination } from './maildir.ts';
import { MboxDestination } from './mbox.ts';
import { SmtpDestination } from './smtp.ts';

/** The forms that {@link parseDestination} takes, for people. */
export const destinationForms: readonly string[] = [
  'maildir:PATH',
  'mbox:PATH',
  'eml:PATH',
  'command:CMD',
  'lmtp://HOST:PORT',
  'smtp://HOST',
  'smtps://USER@HOST',
  'imaps://USER@HOST/FOLDER',
];

/** What a destination's text does not say. */
export interface DestinationContext {
  /** Who gets messages that go to a mail server, where the text has no `?to=`. */
  readonly recipient: string;
  /** The password for the user that the text names. */
  readonly password?: string | undefined;
}

/** Whether a destination of that text needs a password. */
export function needsPassword(text: string): boolean {
  return /^(?:smtps?|imaps?):\/\/[^/]*@/.test(text);
}

/** Makes a destination out of what a user wrote, such as `maildir:Mail`; undefined where it is none that is known. */
export function parseDestination(text: string, context: DestinationContext): Destination | undefined {
  if (/^(?:lmtp|smtps?|imaps?):\/\//.test(text)) return parseServer(text, context);
  const match = /^([a-z]+):(.+)$/s.exec(text);
  const rest = match?.[2];
  if (rest === undefined) return undefined;
  switch (match?.[1]) {
    case 'maildir':
      return new MaildirDestination({ path: rest, name: text });
    case 'mbox':
      return new MboxDestination({ path: rest, name: text });
    case 'eml':
      return new EmlDestination({ path: rest, name: text });
    case 'command':
      return new CommandDestination({ command: rest, name: text });
    default:
      return undefined;
  }
}

const ports: Readonly<Record<string, number>> = { lmtp: 24, smtp: 25, smtps: 465, imap: 143, imaps: 993 };

function parseServer(
  text: string,
  { recipient, password = '' }: DestinationContext,
): Destination | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A password in a command line could be read by everybody on the machine.
  if (url === undefined || url.hostname === '' || url.password !== '') return undefined;
  const scheme = url.protocol.slice(0, -1);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (ports[scheme] ?? 0) : Number(url.port);
  const user = decodeURIComponent(url.username);
  if (scheme === 'imap' || scheme === 'imaps') {
    const folder = decodeURIComponent(url.pathname.slice(1)) || 'INBOX';
    if (user === '') return undefined;
    return new ImapDestination({
      host,
      port,
      secure: scheme === 'imaps',
      user,
      password,
      folder,
      name: text,
    });
  }
  const protocol = scheme === 'lmtp' ? 'lmtp' : scheme === 'smtps' ? 'smtps' : 'smtp';
  const to = url.searchParams.get('to') ?? recipient;
  const auth = user === '' ? undefined : { user, password };
  return new SmtpDestination({ protocol, host, port, recipient: to, auth, name: text });
}
