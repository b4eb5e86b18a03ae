import type { CommandDefinition, Invocation } from './flag/definition.ts';
import type { Io } from './io.ts';
import type { Output } from './output/output.ts';

/** What a command gets: what was typed, where to print, and the outside world. */
export interface Context {
  readonly invocation: Invocation;
  readonly output: Output;
  readonly io: Io;
  /** Every command there is, for help and completions. */
  readonly commands: readonly CommandDefinition[];
}
