import type { Dialogue, ExpectStep, Role } from './dialogue.ts';
import { DialogueError } from './dialogue-error.ts';
import { describeFact, type Expectation, meets, standingKinds } from './expectation.ts';
import { errorFact, type Fact } from './fact.ts';
import { describeSplit, type Split } from './split.ts';

/**
 * Compares what is seen with what a dialogue expects.
 *
 * What follows a group of octets may go unmentioned altogether. Once one event is expected, every event is: in their order,
 * with none left over. An error that nobody expects ends the play.
 */
export class Witness {
  readonly #dialogue: Dialogue;
  readonly #role: Role;
  readonly #split: Split;
  readonly #transcript: string[] = [];
  #seen: Fact[] = [];
  #error: unknown;
  #asked = false;
  #line = 1;

  constructor(dialogue: Dialogue, role: Role, split: Split) {
    this.#dialogue = dialogue;
    this.#role = role;
    this.#split = split;
  }

  get transcript(): readonly string[] {
    return this.#transcript;
  }

  note(entry: string): void {
    this.#transcript.push(entry);
  }

  /** An event. */
  see(fact: Fact): void {
    this.#seen.push(fact);
    this.note(`${this.#role} sees ${describeFact(fact)}`);
  }

  /** An error; the first one counts. */
  fail(error: unknown): void {
    this.#error ??= error;
    this.note(`${this.#role} sees ${describeFact(errorFact(error))}`);
  }

  /** To be called before the next octets: nothing may be left over. */
  turn(line: number): void {
    const left = this.#seen[0];
    if (this.#error !== undefined) {
      throw this.mismatch(this.#line, 'nobody expected this error', {
        actual: describeFact(errorFact(this.#error)),
        cause: this.#error,
      });
    }
    if (this.#asked && left !== undefined) {
      throw this.mismatch(this.#line, 'nobody expected this event', { actual: describeFact(left) });
    }
    this.#seen = [];
    this.#asked = false;
    this.#line = line;
  }

  /**
   * Checks one `=` line.
   *
   * @param standing - the facts that hold of the connection now, for expectations that are about no event.
   */
  check({ line, expectation }: ExpectStep, standing: (expectation: Expectation) => Fact): void {
    this.#line = line;
    const { kind } = expectation;
    if (kind === 'error') {
      const [left] = this.#seen;
      if (this.#asked && left !== undefined) {
        throw this.mismatch(line, 'nobody expected this event', { actual: describeFact(left) });
      }
      const actual = this.#error === undefined ? undefined : errorFact(this.#error);
      this.#compare(line, expectation, actual);
      this.#error = undefined;
      return;
    }
    if (kind === 'nothing' || !standingKinds.has(kind)) {
      // What was seen before the error may be expected before it.
      if (this.#error !== undefined && this.#seen.length === 0) this.turn(line);
      this.#asked = true;
      if (kind === 'nothing') {
        const [seen] = this.#seen;
        if (seen !== undefined) this.#compare(line, expectation, seen);
        return;
      }
      this.#compare(line, expectation, this.#seen.shift());
      return;
    }
    this.#compare(line, expectation, standing(expectation));
  }

  mismatch(
    line: number,
    message: string,
    details: { expected?: string | undefined; actual?: string | undefined; cause?: unknown } = {},
  ): DialogueError {
    const place = { file: this.#dialogue.file, line, transcript: this.#transcript };
    return new DialogueError(`${message} (as a ${this.#role}, ${describeSplit(this.#split)})`, {
      ...place,
      ...details,
    });
  }

  #compare(line: number, expectation: Expectation, actual: Fact | undefined): void {
    if (actual !== undefined && meets(actual, expectation)) return;
    throw this.mismatch(line, 'this is not what was seen', {
      expected: expectation.source,
      actual: actual === undefined ? 'nothing' : describeFact(actual, expectation),
    });
  }
}
