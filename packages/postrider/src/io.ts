import type { DiscoveryNetwork } from './discovery/network.ts';

/** Where people's answers come from. The real one asks on the terminal; tests give one of their own. */
export interface Prompter {
  /** There is a person at a terminal to ask. */
  readonly available: boolean;
  /** Asks for a secret, without echo. */
  hidden(question: string): Promise<string>;
  /** Asks for a line of text; `check` tells what is wrong with it, or nothing. */
  line(question: string, options?: LineOptions): Promise<string>;
  /** Asks yes or no; no is what an empty answer means. */
  confirm(question: string): Promise<boolean>;
  /** Asks for one of a few. */
  choose<T extends string>(question: string, choices: readonly Choice<T>[]): Promise<T>;
}

/** How a line of text is asked for. */
export interface LineOptions {
  /** What an empty answer means. */
  readonly preset?: string | undefined;
  /** Tells in a sentence what is wrong with the answer; undefined: nothing is. */
  readonly check?: ((answer: string) => string | undefined) | undefined;
}

/** One of a few answers. */
export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** A stream that text goes to, and what is known of the terminal behind it. */
export interface TextSink {
  write(text: string | Uint8Array): boolean;
  /** Calls back once when there is room again. */
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Everything of the outside world that the program touches, files and the network aside. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly prompter: Prompter;
  /** Where servers are looked for; the real network where it is not given. */
  readonly discovery?: DiscoveryNetwork | undefined;
  /** Aborted when the user wants out. */
  readonly signal: AbortSignal;
}
