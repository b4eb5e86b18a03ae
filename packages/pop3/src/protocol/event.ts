import type { Command } from './command.ts';
import type { Secret } from './secret.ts';
import type { StatusLine } from './status-line.ts';

/** Given by `nextEvent` where more octets are needed first. */
export const NEED_DATA: unique symbol = Symbol('need data');
/** Given by a server's `nextEvent` where the command before must be answered first. */
export const NEED_REPLY: unique symbol = Symbol('need reply');

/** The first line that a server sends. With `-ERR` it will not serve us now. */
export interface GreetingEvent extends StatusLine {
  readonly type: 'greeting';
  /** The timestamp that APOP needs (RFC 1939 section 7), where there is a valid one. */
  readonly timestamp: string | undefined;
}

/** A status line: the whole answer, or the head of a multi-line response that `line` or `content` events follow. */
export interface ResponseEvent extends StatusLine {
  readonly type: 'response';
  readonly command: Command;
  /** `line` or `content` events and an `end` event will follow. */
  readonly multiLine: boolean;
}

/** `+ ...` in answer to AUTH: the server waits for `sendAuthenticationResponse` or `cancelAuthentication`. */
export interface ChallengeEvent {
  readonly type: 'challenge';
  readonly command: Command;
  /** What stood behind `+ `: base64, normally. */
  readonly data: string;
}

/** One line of a multi-line response that is no message: unstuffed, decoded, without its end. */
export interface LineEvent {
  readonly type: 'line';
  readonly command: Command;
  /** 1 for the first line. */
  readonly lineNumber: number;
  /** One character an octet in listings; UTF-8 in LANG. */
  readonly text: string;
}

/** A piece of a message: a view on the octets received, byte-stuffing undone, never empty. */
export interface ContentEvent {
  readonly type: 'content';
  readonly command: Command;
  readonly octets: Uint8Array;
}

/** The terminator of a multi-line response was read. */
export interface EndEvent {
  readonly type: 'end';
  readonly command: Command;
}

/** The peer closed the connection in an orderly way, with nothing outstanding. */
export interface ClosedEvent {
  readonly type: 'closed';
}

/** What a client reads. */
export type ClientEvent =
  | GreetingEvent
  | ResponseEvent
  | ChallengeEvent
  | LineEvent
  | ContentEvent
  | EndEvent
  | ClosedEvent;

/** A command that a client sent, valid in this state. */
export interface CommandEvent {
  readonly type: 'command';
  readonly command: Command;
}

/** A line that is no valid command here. It is to be answered with `-ERR`. */
export interface InvalidCommandEvent {
  readonly type: 'invalid-command';
  readonly reason: 'unknown' | 'state' | 'syntax' | 'too-long';
  /** One sentence for the client, safe to send. */
  readonly text: string;
}

/** The client's answer to a challenge, as it stood on the line. */
export interface AuthenticationResponseEvent {
  readonly type: 'authentication-response';
  readonly data: Secret<string>;
}

/** The client answered `*` to a challenge (RFC 5034 section 4). */
export interface AuthenticationCancelledEvent {
  readonly type: 'authentication-cancelled';
}

/** What a server reads. */
export type ServerEvent =
  | CommandEvent
  | InvalidCommandEvent
  | AuthenticationResponseEvent
  | AuthenticationCancelledEvent
  | ClosedEvent;
