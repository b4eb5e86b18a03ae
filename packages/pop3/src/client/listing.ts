import type { Command } from '../protocol/index.ts';
import type { CommandOptions } from './exchange.ts';
import { requestLines } from './request.ts';
import type { Session } from './session.ts';

/** A line of a listing that could not be read. */
export interface MalformedLine {
  /** 1 for the first line behind the status line. */
  readonly lineNumber: number;
  /** The line: shortened, and escaped to printable ASCII. */
  readonly excerpt: string;
}

/** A whole listing: the entries in the server's order, and the lines that were none. */
export interface Listing<T> {
  readonly entries: readonly T[];
  /** The first thousand of them. */
  readonly malformed: readonly MalformedLine[];
  /** How many there were. */
  readonly malformedLines: number;
}

// A server may send millions, and nobody reads more.
const shownLines = 1000;

/** What a command that lists all messages takes. */
export interface ListingOptions<T> extends CommandOptions {
  /**
   * Takes each entry as its line comes. `entries` of the result stays empty then, so that nobody has to hold a long listing whole. What
   * this throws ends the session.
   */
  readonly onEntry?: ((entry: T) => void) | undefined;
}

/** Sends a listing command and reads every line with `parse`. */
export async function requestListing<T>(
  session: Session,
  command: Command,
  parse: (text: string) => T | undefined,
  options: ListingOptions<T> = {},
): Promise<Listing<T>> {
  const entries: T[] = [];
  const malformed: MalformedLine[] = [];
  let malformedLines = 0;
  const take = options.onEntry ?? ((entry: T): void => void entries.push(entry));
  const read = (text: string, lineNumber: number): void => {
    const entry = parse(text);
    if (entry !== undefined) take(entry);
    else if (++malformedLines <= shownLines)
      malformed.push({ lineNumber, excerpt: session.redactor.excerpt(text) });
  };
  await requestLines(session, command, read, options);
  return { entries, malformed, malformedLines };
}
