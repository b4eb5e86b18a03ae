import type { Command } from './command.ts';
import { parseNumber } from './number.ts';
import { Secret } from './secret.ts';

/** Why a line is no command. */
export interface CommandSyntaxError {
  readonly reason: 'unknown' | 'syntax';
  readonly text: string;
}

const withoutArgument = ['CAPA', 'STLS', 'UTF8', 'STAT', 'NOOP', 'RSET', 'QUIT'] as const;
const withOptionalNumber = ['LIST', 'UIDL'] as const;
const withNumber = ['RETR', 'DELE'] as const;

/**
 * Parses a command line that a client sent, without its CRLF. Keywords are compared without regard to case. What stands
 * behind `PASS ` is the password, spaces and all (RFC 1939 section 7).
 */
export function parseCommand(line: string): Command | CommandSyntaxError {
  const space = line.indexOf(' ');
  const keyword = (space < 0 ? line : line.slice(0, space)).toUpperCase();
  const rest = space < 0 ? undefined : line.slice(space + 1);
  if (keyword === 'PASS') return { keyword, password: new Secret(rest ?? '') };
  const words = (rest ?? '').split(' ').filter((word) => word !== '');

  const bare = withoutArgument.find((name) => name === keyword);
  if (bare !== undefined) {
    return words.length === 0 ? { keyword: bare } : syntax(`${bare} takes no argument`);
  }
  const listing = withOptionalNumber.find((name) => name === keyword);
  if (listing !== undefined) {
    if (words.length === 0) return { keyword: listing };
    const messageNumber = messageNumberOf(words, 1);
    return messageNumber === undefined
      ? syntax(`${listing} takes one message-number or none`)
      : { keyword: listing, messageNumber };
  }
  const single = withNumber.find((name) => name === keyword);
  if (single !== undefined) {
    const messageNumber = messageNumberOf(words, 1);
    return messageNumber === undefined
      ? syntax(`${single} takes one message-number`)
      : { keyword: single, messageNumber };
  }
  switch (keyword) {
    case 'USER': {
      const name = (rest ?? '').trim();
      return name === '' ? syntax('USER takes a name') : { keyword, name };
    }
    case 'APOP': {
      const [name, digest] = words;
      if (name === undefined || digest === undefined || words.length > 2) {
        return syntax('APOP takes a name and a digest');
      }
      return { keyword, name, digest: new Secret(digest) };
    }
    case 'AUTH': {
      const [mechanism, initial] = words;
      if (mechanism === undefined || words.length > 2) return syntax('AUTH takes a mechanism');
      const initialResponse = initial === undefined ? undefined : new Secret(initial);
      return { keyword, mechanism: mechanism.toUpperCase(), initialResponse };
    }
    case 'TOP': {
      const messageNumber = messageNumberOf(words, 2);
      const lines = parseNumber(words[1] ?? '');
      return messageNumber === undefined || lines === undefined
        ? syntax('TOP takes a message-number and a number of lines')
        : { keyword, messageNumber, lines };
    }
    case 'LANG':
      return words.length > 1 ? syntax('LANG takes one language tag or none') : { keyword, tag: words[0] };
    default:
      return { reason: 'unknown', text: 'unknown command' };
  }
}

function messageNumberOf(words: readonly string[], count: number): number | undefined {
  const messageNumber = words.length === count ? parseNumber(words[0] ?? '') : undefined;
  return messageNumber === 0 ? undefined : messageNumber;
}

function syntax(text: string): CommandSyntaxError {
  return { reason: 'syntax', text };
}
