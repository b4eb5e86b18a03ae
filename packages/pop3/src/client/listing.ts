import { type Command, escapeExcerpt } from '../protocol/index.ts';
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
  readonly malformed: readonly MalformedLine[];
}

/** Sends a listing command and reads every line with `parse`. */
export async function requestListing<T>(
  session: Session,
  command: Command,
  parse: (text: string) => T | undefined,
  options?: CommandOptions,
): Promise<Listing<T>> {
  const entries: T[] = [];
  const malformed: MalformedLine[] = [];
  const read = (text: string, lineNumber: number): void => {
    const entry = parse(text);
    if (entry !== undefined) entries.push(entry);
    else malformed.push({ lineNumber, excerpt: escapeExcerpt(text) });
  };
  await requestLines(session, command, read, options);
  return { entries, malformed };
}
