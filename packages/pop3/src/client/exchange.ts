import type { ChallengeEvent, Command } from '../protocol/index.ts';
import type { Answer } from './answer.ts';

/**
 * One command and what becomes of its answer. All are called in the order of the wire; nothing is called after `fail`, or
 * after the last event of the answer.
 */
export interface Exchange {
  readonly command: Command;
  /** The status line. With `multiLine`, lines or content and `end` follow. */
  response(answer: Answer): void;
  /** A line of the answer: a listing's as it came, any other without secrets. */
  line?(text: string, lineNumber: number): void;
  /** A piece of a message. A promise holds the connection back until it is settled. */
  content?(octets: Uint8Array): void | Promise<void>;
  /** The terminator. A promise holds the connection back as well. */
  end?(): void | Promise<void>;
  /** A challenge, to be answered through {@link Session.answer}. */
  challenge?(event: ChallengeEvent): void;
  /** No answer will come: the session ended, or the command could not be sent. */
  fail(error: unknown): void;
}

/** What every command takes. */
export interface CommandOptions {
  /**
   * Aborting rejects with the signal's reason. A command that was not sent yet is withdrawn; one that was can only be left by
   * ending the session, which deletes nothing.
   */
  readonly signal?: AbortSignal | undefined;
}
