import { Pop3Error } from '../protocol/index.ts';

/** A message in a maildrop. */
export interface MaildropMessage {
  /** Its octets as they will be sent, byte-stuffing aside: with CRLF at the end of each line. */
  readonly octets: number;
  /** The same in every session as long as the message exists: 1 to 70 octets from 0x21 to 0x7E (RFC 1939 section 7). */
  readonly uniqueId: string;
  /** Its content, in pieces, with CRLF at the end of each line. */
  read(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** A maildrop while a session has it: locked, and its list of messages fixed (RFC 1939 section 4). */
export interface OpenMaildrop {
  readonly messages: readonly MaildropMessage[];
  /** Removes messages for good; rejects where some could not be removed. */
  remove(messages: readonly MaildropMessage[]): Promise<void>;
  /** Gives the lock back. */
  close(): Promise<void>;
}

/** Where the mail of one user is. */
export interface Maildrop {
  /**
   * Locks the maildrop.
   *
   * @throws MaildropInUseError where another session has it.
   */
  open(): Promise<OpenMaildrop>;
}

/** Another session has the maildrop. The client gets `[IN-USE]`. */
export class MaildropInUseError extends Pop3Error {
  override readonly name = 'MaildropInUseError';
  readonly code = 'ERR_POP3_MAILDROP_IN_USE';
  readonly fatal = false;
  readonly transient = true;
}
