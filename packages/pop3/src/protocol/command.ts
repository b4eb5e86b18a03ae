import { LocalProtocolError } from './error.ts';
import { CR, LF } from './octet.ts';
import type { Secret } from './secret.ts';
import { encodeText, escapeExcerpt } from './text.ts';

/** Every command that the core knows: RFC 1939, 2449 (CAPA), 2595 (STLS), 5034 (AUTH), 6856 (UTF8, LANG). */
export type Command =
  | { readonly keyword: 'CAPA' | 'STLS' | 'UTF8' | 'STAT' | 'NOOP' | 'RSET' | 'QUIT' }
  | { readonly keyword: 'USER'; readonly name: string }
  | { readonly keyword: 'PASS'; readonly password: Secret<string> | Secret<Uint8Array> }
  | { readonly keyword: 'APOP'; readonly name: string; readonly digest: Secret<string> }
  | {
      readonly keyword: 'AUTH';
      readonly mechanism: string;
      /** In base64 (`=` where it is empty, RFC 5034 section 4); undefined where there is none. */
      readonly initialResponse?: Secret<string> | undefined;
    }
  | { readonly keyword: 'LIST' | 'UIDL'; readonly messageNumber?: number | undefined }
  | { readonly keyword: 'RETR' | 'DELE'; readonly messageNumber: number }
  | { readonly keyword: 'TOP'; readonly messageNumber: number; readonly lines: number }
  | { readonly keyword: 'LANG'; readonly tag?: string | undefined };

/** The keywords of all commands that there are. */
export type CommandKeyword = Command['keyword'];

/** The longest command line, its CRLF included (RFC 2449 section 4). */
export const maximumCommandOctets = 255;

/** What follows the status line of a positive answer: nothing, lines of text, or a message's content. */
export function responseShape(command: Command): 'single' | 'lines' | 'content' {
  switch (command.keyword) {
    case 'CAPA':
      return 'lines';
    case 'LIST':
    case 'UIDL':
      return command.messageNumber === undefined ? 'lines' : 'single';
    case 'LANG':
      return command.tag === undefined ? 'lines' : 'single';
    case 'RETR':
    case 'TOP':
      return 'content';
    default:
      return 'single';
  }
}

/** The command as a person may see it: without its secrets, and without raw control characters. */
export function describeCommand(command: Command): string {
  switch (command.keyword) {
    case 'USER':
      return `USER ${escapeExcerpt(command.name)}`;
    case 'PASS':
      return 'PASS [secret]';
    case 'APOP':
      return `APOP ${escapeExcerpt(command.name)} [secret]`;
    case 'AUTH':
      return `AUTH ${escapeExcerpt(command.mechanism)}${command.initialResponse === undefined ? '' : ' [secret]'}`;
    case 'TOP':
      return `TOP ${command.messageNumber} ${command.lines}`;
    case 'LIST':
    case 'UIDL':
    case 'RETR':
    case 'DELE':
      return command.messageNumber === undefined
        ? command.keyword
        : `${command.keyword} ${command.messageNumber}`;
    case 'LANG':
      return command.tag === undefined ? 'LANG' : `LANG ${escapeExcerpt(command.tag)}`;
    default:
      return command.keyword;
  }
}

/** Whether a command, or what follows it, is made from a password or token. */
export function carriesSecret({ keyword }: Command): boolean {
  return keyword === 'PASS' || keyword === 'APOP' || keyword === 'AUTH';
}

/**
 * The octets of a command, CRLF included.
 *
 * @throws LocalProtocolError where an argument holds CR, LF or NUL, a number is out of range, or the line is longer than 255
 * octets (RFC 2449 section 4).
 */
export function encodeCommand(command: Command): Uint8Array {
  const octets = encodeArguments(command);
  for (const octet of octets) {
    if (octet === CR || octet === LF || octet === 0) {
      throw new LocalProtocolError('an argument holds CR, LF or NUL, which no POP3 command can carry', {
        command: describeCommand(command),
      });
    }
  }
  if (octets.length + 2 > maximumCommandOctets) {
    throw new LocalProtocolError(
      `the command would be ${octets.length + 2} octets long; POP3 allows ${maximumCommandOctets}`,
      { command: describeCommand(command) },
    );
  }
  const line = new Uint8Array(octets.length + 2);
  line.set(octets);
  line[octets.length] = CR;
  line[octets.length + 1] = LF;
  return line;
}

function encodeArguments(command: Command): Uint8Array {
  switch (command.keyword) {
    case 'USER':
      return encodeText(`USER ${nonEmpty(command, command.name)}`);
    case 'PASS': {
      const password = command.password.reveal();
      if (typeof password === 'string') return encodeText(`PASS ${password}`);
      const line = new Uint8Array(5 + password.length);
      line.set(encodeText('PASS '));
      line.set(password, 5);
      return line;
    }
    case 'APOP':
      return encodeText(`APOP ${word(command, command.name)} ${word(command, command.digest.reveal())}`);
    case 'AUTH': {
      const response = command.initialResponse;
      const name = word(command, command.mechanism);
      return encodeText(
        response === undefined ? `AUTH ${name}` : `AUTH ${name} ${base64(command, response)}`,
      );
    }
    case 'LANG':
      return encodeText(command.tag === undefined ? 'LANG' : `LANG ${word(command, command.tag)}`);
    case 'TOP':
      return encodeText(
        `TOP ${number(command, command.messageNumber, 1)} ${number(command, command.lines, 0)}`,
      );
    case 'LIST':
    case 'UIDL':
    case 'RETR':
    case 'DELE': {
      const { keyword, messageNumber } = command;
      return encodeText(
        messageNumber === undefined ? keyword : `${keyword} ${number(command, messageNumber, 1)}`,
      );
    }
    default:
      return encodeText(command.keyword);
  }
}

function number(command: Command, value: number, minimum: number): number {
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new LocalProtocolError(`a whole number of at least ${minimum} is needed, not ${value}`, {
    command: command.keyword,
  });
}

function nonEmpty(command: Command, value: string): string {
  if (value !== '') return value;
  throw new LocalProtocolError(`${command.keyword} needs an argument`, { command: command.keyword });
}

function base64(command: Command, response: Secret<string>): string {
  const text = response.reveal();
  if (/^[A-Za-z0-9+/]+={0,2}$|^=$/.test(text)) return text;
  throw new LocalProtocolError('an initial response must be base64, and "=" where it is empty', {
    command: describeCommand(command),
  });
}

function word(command: Command, value: string): string {
  if (value !== '' && !value.includes(' ')) return value;
  throw new LocalProtocolError(`${command.keyword} cannot carry an empty argument or one with spaces`, {
    command: command.keyword,
  });
}
