import { Pop3Error } from '../protocol/index.ts';

/** A message in a maildrop. */
export interface MaildropMessage {
  /** Its octets as they will be sent, byte-stuffing aside: every line ends in CRLF, the last one too. */
  readonly octets: number;
  /** The same in every session as long as the message exists: 1 to 70 octets from 0x21 to 0x7E (RFC 1939 section 7). */
  readonly uniqueId: string;
  /**
   * True where it may only be sent to clients that asked for UTF8 (RFC 6856 section 2); others get `[UTF8]`. Where
   * it is not, everybody gets the message as it is stored.
   */
  readonly utf8?: boolean | undefined;
  /**
   * Its content, in pieces, with CRLF at the end of each line. The pieces are not written to any more once they were given.
   *
   * Where it fails before the first piece, the client gets `-ERR`; where it fails later, the session is ended.
   */
  read(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** A maildrop while a session has it: locked, and its list of messages fixed (RFC 1939 section 4). */
export interface OpenMaildrop {
  /** Oldest first: the first one is message-number 1. */
  readonly messages: readonly MaildropMessage[];
  /** False: DELE is refused with `[SYS/PERM]`. True where it is not said. */
  readonly writable?: boolean | undefined;
  /** Removes messages for good: as many as possible. Rejects where some could not be removed. */
  remove(messages: readonly MaildropMessage[]): Promise<void>;
  /** Gives the lock back. Called once. */
  close(): Promise<void>;
}

/** Where the mail of one user is. */
export interface Maildrop {
  /**
   * Locks the maildrop. Another error than the following gives the client `[SYS/PERM]` where it is a Pop3Error that is not
   * transient, otherwise `[SYS/TEMP]`.
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

/** A maildrop cannot be what it was taken for: no such folder, no Maildir. The client gets `[SYS/PERM]`. */
export class MaildropUnusableError extends Pop3Error {
  override readonly name = 'MaildropUnusableError';
  readonly code = 'ERR_POP3_MAILDROP_UNUSABLE';
  readonly fatal = false;
  readonly transient = false;
}

/** Some messages could not be removed; the others are gone. The client's QUIT gets `[SYS/TEMP]`. */
export class MessagesNotRemovedError extends Pop3Error {
  override readonly name = 'MessagesNotRemovedError';
  readonly code = 'ERR_POP3_MESSAGES_NOT_REMOVED';
  readonly fatal = false;
  readonly transient = true;
  readonly uniqueIds: readonly string[];

  constructor(uniqueIds: readonly string[], cause: unknown) {
    super(`${uniqueIds.length} messages could not be removed`, { cause });
    this.uniqueIds = uniqueIds;
  }
}
