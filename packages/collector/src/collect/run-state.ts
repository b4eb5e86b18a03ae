import type { Destination, DestinationError } from '../destination/index.ts';
import type { LedgerRecord, Retrieval } from '../plan/index.ts';

/** A message at which sessions broke. */
export interface Break {
  readonly retrieval: Retrieval;
  readonly reason: string;
  readonly count: number;
}

// Once may be chance. A message that breaks every session keeps all others waiting.
const mostBreaks = 2;

/** What the sessions of one run tell each other. */
export class RunState {
  /** Seconds that the server wants between two logins (LOGIN-DELAY, RFC 2449 section 6.5). */
  loginDelay = 0;
  /** Destinations that cannot be delivered to in this run, by name: the others go on without them. */
  readonly leftOut: Map<string, DestinationError> = new Map();
  /** What happened at destinations, and the ledger could not be told: it may be told later. */
  readonly unrecorded: LedgerRecord[] = [];
  /** Some message could not be told apart from known ones, and stays where it is. */
  leavesUnidentified = false;
  /** There are messages that the next session of the run is to bring home. */
  looksAgain = false;
  #looked = false;
  #topBreaks = 0;
  readonly #failed = new Set<string>();
  readonly #incomplete = new Set<string>();
  readonly #breaks = new Map<string, Break>();
  #lastBreak: Break | undefined;
  /** How often sessions broke at some message. */
  breaks = 0;

  /** Whether headers are asked for with TOP. Some servers end the session in place of a refusal. */
  get usesTop(): boolean {
    return this.#topBreaks < mostBreaks;
  }

  /** A session ended while TOP was awaited. */
  brokeAtTop(): void {
    this.#topBreaks++;
  }

  /** Those that can be delivered to. */
  usable(destinations: readonly Destination[]): readonly Destination[] {
    return destinations.filter(({ name }) => !this.leftOut.has(name));
  }

  /** Whether a message is at all of the destinations that are left out. */
  isWhereverLeftOut({ delivered }: Retrieval): boolean {
    return [...this.leftOut.keys()].every((name) => delivered.includes(name));
  }

  /** Some messages turned out to be others than those that are home. Once: a server may change its mind for ever. */
  lookAgain(): void {
    this.looksAgain = !this.#looked;
    this.#looked = true;
  }

  /** Whether this failure is the message's first in this run. Only that one counts towards setting it aside. */
  isFirstFailure({ key }: Retrieval): boolean {
    if (this.#failed.has(key)) return false;
    this.#failed.add(key);
    return true;
  }

  /** How many messages only destinations lack that are left out. */
  get incomplete(): number {
    return this.#incomplete.size;
  }

  /** Only destinations that are left out lack this message. Gives whether that is news. */
  lacksLeftOut({ key }: Retrieval): boolean {
    const { size } = this.#incomplete;
    return this.#incomplete.add(key).size > size;
  }

  /** A session broke while this message was awaited. */
  broke(retrieval: Retrieval, reason: string): void {
    const { key } = retrieval;
    this.breaks++;
    this.#lastBreak = { retrieval, reason, count: (this.#breaks.get(key)?.count ?? 0) + 1 };
    this.#breaks.set(key, this.#lastBreak);
  }

  /** Sorts out what this run does not ask for again, and puts last what a session broke at. */
  arrange(wanted: Iterable<Retrieval>): {
    readonly retrieve: Iterable<Retrieval>;
    readonly leave: readonly Break[];
  } {
    if (this.#breaks.size === 0) return { retrieve: wanted, leave: [] };
    const last: Retrieval[] = [];
    const leave: Break[] = [];
    for (const retrieval of wanted) {
      const known = this.#breaks.get(retrieval.key);
      if (known === undefined) continue;
      if (known.count < mostBreaks) last.push(retrieval);
      else leave.push({ ...known, retrieval });
    }
    const broke = [...last, ...leave.map(({ retrieval }) => retrieval)];
    const numbers = new Set(broke.map(({ messageNumber }) => messageNumber));
    return { retrieve: arranged(wanted, numbers, last), leave };
  }

  /**
   * The message that this run ended at, where that is more likely its own fault than the connection's: it was not the first time, or others
   * came home.
   */
  blamed(retrieved: number): Break | undefined {
    const last = this.#lastBreak;
    return last !== undefined && (last.count >= mostBreaks || retrieved > 0) ? last : undefined;
  }
}

function* arranged(
  wanted: Iterable<Retrieval>,
  except: ReadonlySet<number>,
  last: readonly Retrieval[],
): Generator<Retrieval, void, undefined> {
  for (const retrieval of wanted) if (!except.has(retrieval.messageNumber)) yield retrieval;
  yield* last;
}
