import { exitCode, ProgramError } from '../failure/index.ts';

/** The programs whose memory of what they fetched can be read, by the names that `--from` takes. */
export const stateFormats = ['getmail', 'mpop', 'fetchmail', 'fdm', 'thunderbird'] as const;
export type StateFormat = (typeof stateFormats)[number];

/** A message that the other program has fetched. */
export interface FetchedMessage {
  /** One character an octet, as in the ledger. */
  readonly uniqueId: string;
  /** When, in milliseconds since 1970, where the program notes it. */
  readonly at?: number | undefined;
  /** The program may have written another unique-id than the server's: this is what the server may have. */
  readonly orElse?: string | undefined;
}

/** What a file knows of one maildrop. */
export interface StateSection {
  /** Undefined where the file does not say. */
  readonly host: string | undefined;
  readonly user: string | undefined;
  readonly fetched: readonly FetchedMessage[];
  /** Messages that it names and that were not fetched whole. */
  readonly unfetched: number;
}

/** One line, without its end, and its number in the file. */
export interface NumberedLine {
  readonly text: string;
  readonly number: number;
}

/** A line of a state file that is not what its program writes. Nothing of the file counts then. */
export class StateFileError extends ProgramError {
  override readonly name = 'StateFileError';
  readonly line: number;

  constructor(path: string, line: number, what: string) {
    super(
      `${path}:${line}: ${what}`,
      exitCode.localIo,
      'Nothing was imported. Correct the line or take it out, or name the program with --from.',
    );
    this.line = line;
  }
}

/** What a parser calls for a line that it does not understand. */
export type Complain = (line: NumberedLine | undefined, what: string) => never;

/** Puts together what lines say about several maildrops. */
export class SectionBuilder {
  readonly #sections = new Map<
    string,
    { host: string; user: string; fetched: FetchedMessage[]; left: number }
  >();

  add(host: string, user: string, message?: FetchedMessage): void {
    const section = this.#open(host, user);
    if (message !== undefined) section.fetched.push(message);
  }

  /** A message that was seen, and not fetched. */
  leave(host: string, user: string): void {
    this.#open(host, user).left++;
  }

  finish(): readonly StateSection[] {
    return [...this.#sections.values()].map(({ host, user, fetched, left }) => ({
      host,
      user,
      fetched,
      unfetched: left,
    }));
  }

  #open(host: string, user: string): { fetched: FetchedMessage[]; left: number } {
    const key = `${user}@${host.toLowerCase()}`;
    const known = this.#sections.get(key);
    if (known !== undefined) return known;
    const section = { host, user, fetched: [], left: 0 };
    this.#sections.set(key, section);
    return section;
  }
}
