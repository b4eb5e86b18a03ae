import { CommandDestination } from './command.ts';
import type { Destination } from './destination.ts';
import { EmlDestination } from './eml.ts';
import { MaildirDestination } from './maildir.ts';
import { MboxDestination } from './mbox.ts';
import { type DestinationContext, parseServer } from './parse-server.ts';
import { DestinationSyntaxError } from './syntax-error.ts';

/** The forms that {@link parseDestination} takes, for people. */
export const destinationForms: readonly string[] = [
  'maildir:PATH',
  'mbox:PATH',
  'eml:PATH',
  'command:CMD',
  'mda:CMD',
  'lmtp://HOST:PORT',
  'lmtp:SOCKET',
  'smtp(s)://USER@HOST',
  'imap(s)://USER@HOST/FOLDER',
];

/** Whether a destination of that text needs a password. */
export function needsPassword(text: string): boolean {
  return /^(?:smtps?|imaps?):\/\/[^/?]*@/.test(text);
}

/**
 * Makes a destination out of what a user wrote, such as `maildir:Mail`. `command:` gives the exact octets to a command, `mda:` the same with LF at
 * the end of each line. Mail servers take parameters: `?to=ADDRESS`, `?from=ADDRESS`, `?tls=none`, `?ca=FILE`.
 *
 * @throws DestinationSyntaxError for what is no destination.
 */
export function parseDestination(text: string, context: DestinationContext): Destination {
  // The ledger keeps their names by lines.
  if (/[\0\r\n]/.test(text)) throw new DestinationSyntaxError(text, 'a destination is one line');
  const [, scheme = '', rest] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  if (rest === undefined) throw unknown(text);
  const { resolvePath = (path: string) => path } = context;
  switch (scheme) {
    case 'maildir':
      return new MaildirDestination({ path: resolvePath(rest), label: text });
    case 'mbox':
      return new MboxDestination({ path: resolvePath(rest), label: text });
    case 'eml':
      return new EmlDestination({ path: resolvePath(rest), label: text });
    case 'command':
      return new CommandDestination({ command: rest, name: text });
    case 'mda':
      return new CommandDestination({ command: rest, name: text, lineFeed: true });
    case 'lmtp':
    case 'smtp':
    case 'smtps':
    case 'imap':
    case 'imaps':
      return parseServer(scheme, text, context);
    default:
      throw unknown(text);
  }
}

function unknown(text: string): DestinationSyntaxError {
  return new DestinationSyntaxError(text, undefined, `There are: ${destinationForms.join(', ')}.`);
}
