import {
  CommandRejectedError,
  type ContentSink,
  isPop3Error,
  LimitError,
  type Pop3Client,
  RemoteProtocolError,
} from '@postrider/pop3';
import { type Destination, DestinationError } from '../destination/index.ts';
import type { Retrieval } from '../plan/index.ts';
import type { MessageFailure } from './failed-message.ts';
import type { GroupCommit } from './group-commit.ts';
import { IncomingMessage } from './incoming.ts';
import { beginsWithStatus, StrayAnswerError } from './stray-answer.ts';

// How many messages are asked for before the oldest of them has come: over a long line, each round trip brings half as many.
const ahead = 1024;

/** What retrieving needs. */
export interface RetrieveOptions {
  readonly client: Pop3Client;
  readonly account: string;
  readonly destinations: readonly Destination[];
  readonly commit: GroupCommit;
  /** Aborted: nothing more is asked for. */
  readonly signal: AbortSignal;
  readonly onOctets: (octets: number) => void;
  /** A message came whole. */
  readonly onReceived: () => void;
  /** A message did not come, or a destination refused it; the session goes on. */
  readonly onFailed: (retrieval: Retrieval, failure: MessageFailure) => void;
  /** Another message came than the one that some destinations have. It is left where it is. */
  readonly onOther: (retrieval: Retrieval) => void;
  /** The session ended while this message was awaited, or at what came behind it. */
  readonly onBroken: (retrieval: Retrieval, reason: string) => void;
}

/**
 * Retrieves messages in a bounded window and hands each whole one to the group commit. Resolves when all of them were received or failed;
 * rejects with what ended the session, or made a destination unusable.
 */
export async function retrieveAll(retrievals: Iterable<Retrieval>, options: RetrieveOptions): Promise<void> {
  await new Retriever(options).run(retrievals);
}

/**
 * A message is handed on when the next answer begins. A server that does not stuff a line with a single dot makes it look like the message's end, and
 * only what follows tells: the rest of the message is no answer.
 */
class Retriever {
  readonly options: RetrieveOptions;
  #underway = 0;
  #settled = (): void => {};
  #failure: { readonly error: unknown } | undefined;
  // The latest whole message, until the answer behind it begins.
  #ended: { readonly incoming: IncomingMessage; readonly answer: number } | undefined;

  constructor(options: RetrieveOptions) {
    this.options = options;
  }

  async run(retrievals: Iterable<Retrieval>): Promise<void> {
    const { commit, signal } = this.options;
    let answer = 0;
    for (const retrieval of retrievals) {
      if (this.#underway >= ahead) await this.#untilAtMost(ahead / 2);
      if (this.#failure !== undefined || commit.failure !== undefined || signal.aborted) break;
      answer++;
      this.#ask(new Arrival(this, retrieval, answer));
    }
    if (answer > 0) void this.#track(this.#askForEnd(answer + 1));
    await this.#untilAtMost(0);
    // It became whole when the session had ended already, so that no answer behind it vouches for it.
    await this.#ended?.incoming.abort();
    const failure = commit.failure ?? this.#failure;
    if (failure !== undefined) throw failure.error;
    signal.throwIfAborted();
  }

  /** A message is whole. */
  ended(incoming: IncomingMessage, answer: number): void {
    this.#ended = { incoming, answer };
  }

  /** An answer begins: the message before it is handed on. A promise asks for a pause until there is room again. */
  release(answer: number): void | Promise<void> {
    const ended = this.#ended;
    if (ended === undefined || ended.answer >= answer) return;
    this.#ended = undefined;
    const { incoming } = ended;
    const room = incoming.isAnother ? this.#leave(incoming) : this.options.commit.add(incoming);
    if (room !== undefined) return this.#track(room);
  }

  // A thousand of them may be under way: of each there is one object, until its answer begins.
  #ask(arrival: Arrival): void {
    const { client } = this.options;
    this.#underway++;
    client.retrieveInto(arrival.retrieval.messageNumber, arrival).then(this.#received, (error: unknown) => {
      void this.#track(this.#notReceived(arrival, error));
      this.#done();
    });
  }

  readonly #received = (): void => {
    try {
      this.options.onReceived();
    } catch (error) {
      this.#fail(error);
    }
    this.#done();
  };

  async #notReceived({ retrieval, answer, incoming }: Arrival, error: unknown): Promise<void> {
    const { onFailed, onBroken } = this.options;
    // Those that wait for the server fail in their order.
    const first = this.#failure === undefined && isBreak(error);
    const doubtful = first ? this.#takeBack(error) : undefined;
    if (first) this.#failure = { error };
    await incoming?.abort();
    if (doubtful !== undefined) await this.#drop(doubtful);
    else if (first) onBroken(retrieval, error.message);
    const failure = messageFault(error);
    if (failure === undefined) throw error;
    await this.release(answer);
    onFailed(retrieval, failure);
  }

  async #track(work: Promise<void>): Promise<void> {
    this.#underway++;
    try {
      await work;
    } catch (error) {
      this.#fail(error);
    }
    this.#done();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    // What was asked for beyond this message is not wanted any more.
    this.options.client.destroy(error instanceof Error ? error : undefined);
  }

  #done(): void {
    this.#underway--;
    this.#settled();
  }

  async #untilAtMost(count: number): Promise<void> {
    while (this.#underway > count) {
      await new Promise<void>((resolve) => {
        this.#settled = resolve;
      });
    }
  }

  async #leave(incoming: IncomingMessage): Promise<void> {
    await incoming.abort();
    this.options.onOther(incoming.retrieval);
  }

  // The answer that the last message waits for.
  async #askForEnd(answer: number): Promise<void> {
    try {
      await this.options.client.noop();
    } catch (error) {
      const doubtful = this.#failure === undefined ? this.#takeBack(error) : undefined;
      if (doubtful !== undefined) {
        this.#failure = { error };
        await this.#drop(doubtful);
      }
    }
    await this.release(answer);
  }

  // The message behind which no answer came, but something else: the session broke at it, not at the one that was awaited.
  #takeBack(error: unknown): IncomingMessage | undefined {
    if (!isBrokenProtocol(error)) return undefined;
    const incoming = this.#ended?.incoming;
    this.#ended = undefined;
    return incoming;
  }

  async #drop(incoming: IncomingMessage): Promise<void> {
    await incoming.abort();
    this.options.onBroken(
      incoming.retrieval,
      'what came behind it was no answer: it holds a line with a single dot, perhaps, and came without its rest',
    );
  }
}

/** A message that was asked for. */
class Arrival implements ContentSink {
  readonly retrieval: Retrieval;
  /** Which of the answers it is, from 1. */
  readonly answer: number;
  /** Undefined as long as nothing came of it. */
  incoming: IncomingMessage | undefined;
  readonly #retriever: Retriever;

  constructor(retriever: Retriever, retrieval: Retrieval, answer: number) {
    this.#retriever = retriever;
    this.retrieval = retrieval;
    this.answer = answer;
  }

  write(octets: Uint8Array): void | Promise<void> {
    const { incoming } = this;
    if (incoming !== undefined) return incoming.write(octets);
    const room = this.#retriever.release(this.answer);
    if (beginsWithStatus(octets)) throw new StrayAnswerError(this.retrieval.messageNumber);
    const wait = this.#begin().write(octets);
    return room === undefined ? wait : both(room, wait);
  }

  end(): void | Promise<void> {
    // One without any octets.
    const room = this.#retriever.release(this.answer);
    const incoming = this.incoming ?? this.#begin();
    const whole = (): void => this.#retriever.ended(incoming, this.answer);
    const wait = incoming.end();
    if (wait === undefined) whole();
    const done = wait?.then(whole);
    return room === undefined ? done : both(room, done);
  }

  #begin(): IncomingMessage {
    const { account, destinations, onOctets } = this.#retriever.options;
    this.incoming = new IncomingMessage(this.retrieval, account, destinations, onOctets);
    return this.incoming;
  }
}

async function both(one: Promise<void>, other: void | Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}

function isBreak(error: unknown): error is Error {
  if (error instanceof StrayAnswerError) return true;
  return isPop3Error(error) && error.fatal && !(error instanceof CommandRejectedError);
}

function isBrokenProtocol(error: unknown): boolean {
  return (error instanceof RemoteProtocolError || error instanceof LimitError) && error.fatal;
}

/** What is wrong with this message alone; undefined where the error is about more than it. */
function messageFault(error: unknown): MessageFailure | undefined {
  const isRefusal = error instanceof CommandRejectedError;
  if (!isRefusal && !(error instanceof DestinationError && error.scope === 'message')) return undefined;
  return { reason: error.message, transient: error.transient };
}
