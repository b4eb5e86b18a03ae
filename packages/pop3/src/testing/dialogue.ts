import type { Limits, Quirks } from '../protocol/index.ts';
import type { Expectation } from './expectation.ts';

/** The side that is under test; the player is the other one. */
export type Role = 'client' | 'server';

/**
 * A conversation between a POP3 client and a server, as a `*.dialogue` file describes it.
 *
 * A file is made of lines, each of which begins with a mark:
 *
 *     S: +OK 2 320          what the server sends; CRLF is added
 *     C: STAT               what the client sends
 *     = response +OK "2 320" messages=2    what must be seen now
 *     ! quirk statusLowerCase              a directive
 *     # a comment
 *
 * In `S:` and `C:` lines `\r \n \t \\ \xNN` are octets, `\{500*a}` is a run of them, and a `\` at the very end
 * leaves the CRLF out.
 */
export interface Dialogue {
  /** The file's name, for messages. */
  readonly file: string;
  /** The roles in which it can be played: a server's fault can be played against a client only. */
  readonly roles: readonly Role[];
  /** The tolerances in force: none but those that the file names. */
  readonly quirks: Quirks;
  readonly limits: Partial<Limits>;
  readonly steps: readonly DialogueStep[];
}

/** One line of a dialogue that has an effect. */
export type DialogueStep = OctetsStep | ExpectStep | DirectiveStep;

/** `S:` or `C:`: octets from one side. */
export interface OctetsStep {
  readonly type: 'octets';
  /** 1 for the file's first line. */
  readonly line: number;
  readonly from: Role;
  readonly octets: Uint8Array;
}

/** `=`: what must be seen now. */
export interface ExpectStep {
  readonly type: 'expect';
  readonly line: number;
  /** The role that it is said of; undefined for both. */
  readonly role: Role | undefined;
  readonly expectation: Expectation;
}

/** `!`: something that happens besides octets. */
export interface DirectiveStep {
  readonly type: 'directive';
  readonly line: number;
  readonly action: DialogueAction;
}

/**
 * `tls`: the handshake that STLS began succeeds. `server closes` and `client closes`: the end of that side's octets. The others
 * are for a scripted server only (`dialogueScript`), and mean nothing without a network: `server resets`, `server stalls` (until the client gives
 * up), `pause N` (milliseconds), `drip N` (milliseconds between the octets sent from here on; 0 ends it).
 */
export type DialogueAction =
  | { readonly name: 'tls' | 'server closes' | 'client closes' | 'server resets' | 'server stalls' }
  | { readonly name: 'pause' | 'drip'; readonly milliseconds: number };
