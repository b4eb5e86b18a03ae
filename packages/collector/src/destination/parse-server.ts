import { readFileSync } from 'node:fs';
import type { Secret } from '@postrider/pop3';
import type { Destination } from './destination.ts';
import { ImapDestination } from './imap.ts';
import { SmtpDestination } from './smtp.ts';
import { DestinationSyntaxError } from './syntax-error.ts';

/** What a destination's text does not say. */
export interface DestinationContext {
  /** Who gets messages that go to a mail server, where the text has no `?to=`. */
  readonly recipient: string;
  /** The password for the user that the text names. */
  readonly password?: Secret<string> | undefined;
  /** Where a path of a Maildir, an mbox or a folder leads; as it stands by default. People go on to see it as it was written. */
  readonly resolvePath?: ((path: string) => string) | undefined;
}

type Scheme = 'lmtp' | 'smtp' | 'smtps' | 'imap' | 'imaps';

const ports = { lmtp: 24, smtp: 25, smtps: 465, imap: 143, imaps: 993 } as const;
// RFC 6409: where users hand in mail, after a login.
const submission = 587;
const parameters = {
  lmtp: ['to', 'from', 'tls', 'ca'],
  smtp: ['to', 'from', 'tls', 'ca'],
  smtps: ['to', 'from', 'ca'],
  imap: ['tls', 'ca'],
  imaps: ['ca'],
} as const;

/** Makes the destination that a URL of a mail server names. @throws DestinationSyntaxError */
export function parseServer(scheme: Scheme, text: string, context: DestinationContext): Destination {
  const socket = /^lmtp:(\/(?!\/)[^?]*)(?:\?|$)/.exec(text)?.[1];
  const complain = (what: string, hint?: string): never => {
    throw new DestinationSyntaxError(text, what, hint);
  };
  const url = parseUrl(text, socket) ?? complain('it is no URL', `Write ${scheme}://HOST.`);
  if (url.password !== '') {
    // Everybody on the machine can read a command line.
    complain('a password must not stand in it', 'Set POSTRIDER_TO_PASSWORD, or give --to-password-command.');
  }
  const allowed: readonly string[] = parameters[scheme];
  for (const name of url.searchParams.keys()) {
    if (!allowed.includes(name))
      complain(`there is no parameter '${name}'`, `There are: ${allowed.join(', ')}.`);
  }
  const user = decode(url.username);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const place = {
    host,
    port: url.port !== '' ? Number(url.port) : scheme === 'smtp' && user !== '' ? submission : ports[scheme],
    security: securityOf(scheme, url, { user, isLocal: socket !== undefined || isLoopback(host) }, complain),
    ca: readCa(url, complain),
    name: text,
  };
  if (scheme === 'imap' || scheme === 'imaps') {
    if (user === '') complain('it names no user', `Write ${scheme}://USER@HOST/FOLDER.`);
    const folder = decode(url.pathname.slice(1)) || 'INBOX';
    return new ImapDestination({ ...place, user, password: context.password ?? '', folder });
  }
  if (socket === undefined && url.pathname !== '' && url.pathname !== '/')
    complain('a path means nothing here', 'The recipient is given by ?to=ADDRESS.');
  const recipient = url.searchParams.get('to') ?? context.recipient;
  for (const address of [recipient, url.searchParams.get('from') ?? '']) {
    if (/[\s,<>]/.test(address))
      complain(`'${address}' is no single address`, 'For several recipients, give --to several times.');
  }
  return new SmtpDestination({
    ...place,
    protocol: scheme === 'lmtp' ? 'lmtp' : 'smtp',
    socketPath: socket,
    recipient,
    sender: url.searchParams.get('from') ?? '',
    auth: user === '' ? undefined : { user, password: context.password ?? '' },
  });
}

function parseUrl(text: string, socket: string | undefined): URL | undefined {
  const shown = socket === undefined ? text : text.replace(`:${socket}`, '://localhost');
  const url = URL.canParse(shown) ? new URL(shown) : undefined;
  return url === undefined || url.hostname === '' ? undefined : url;
}

// There is no "TLS where it can be had": who can change what passes by could take it away. On the machine itself nobody is on the way.
function securityOf(
  scheme: Scheme,
  url: URL,
  { user, isLocal }: { readonly user: string; readonly isLocal: boolean },
  complain: (what: string, hint?: string) => never,
): 'tls' | 'starttls' | 'none' {
  if (scheme === 'smtps' || scheme === 'imaps') return 'tls';
  const asked = url.searchParams.get('tls');
  if (asked !== null && asked !== 'none' && asked !== 'starttls')
    complain(`tls=${asked} means nothing`, 'It takes none or starttls.');
  const withPassword = user !== '';
  if (asked === 'none' && withPassword && !isLocal)
    complain('a password would cross the network without TLS', 'Leave tls=none out.');
  if (asked === 'none' || asked === 'starttls') return asked;
  return withPassword || !isLocal ? 'starttls' : 'none';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function readCa(url: URL, complain: (what: string, hint?: string) => never): string | undefined {
  const path = url.searchParams.get('ca');
  if (path === null) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return complain(
      `the authorities cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path behind ca=.',
    );
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
