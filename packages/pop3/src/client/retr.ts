import { type Command, commandRejected } from '../protocol/index.ts';
import type { Answer } from './answer.ts';
import type { CommandOptions, Exchange } from './exchange.ts';
import { MessageStream } from './message-stream.ts';
import type { Session } from './session.ts';

/** Takes a message's content, piece by piece. */
export interface ContentSink {
  /**
   * The next octets, byte-stuffing undone; they are the sink's to keep. While a promise is pending, nothing more is read from
   * the connection.
   */
  write(octets: Uint8Array): void | Promise<void>;
  /** The terminator was seen: that was all of it. */
  end?(): void | Promise<void>;
}

/** RETR (RFC 1939 section 5) as a stream. */
export function retrieve(session: Session, messageNumber: number, options?: CommandOptions): MessageStream {
  return openStream(session, { keyword: 'RETR', messageNumber }, options);
}

/** Sends RETR or TOP and gives its content as a stream. */
export function openStream(session: Session, command: Command, options?: CommandOptions): MessageStream {
  const stream = new MessageStream();
  session.submit(
    {
      command,
      response: (event) => {
        if (event.status === '-ERR') stream.fail(commandRejected(command, event));
      },
      content: (octets) => stream.push(octets),
      end: () => stream.end(),
      fail: (error) => stream.fail(error),
    },
    options,
  );
  return stream;
}

/**
 * RETR into a sink; resolves when the terminator was seen and the sink took everything. Where the sink fails, the rest of the
 * message is passed over and the session goes on.
 */
export function retrieveInto(
  session: Session,
  messageNumber: number,
  sink: ContentSink,
  options?: CommandOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    session.submit(new RetrievalInto(messageNumber, sink, resolve, reject), options);
  });
}

/** A thousand of them may wait for their answers: one object each, and no closures. */
class RetrievalInto implements Exchange {
  readonly command: Command;
  readonly #sink: ContentSink;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #failed = false;

  constructor(
    messageNumber: number,
    sink: ContentSink,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.command = { keyword: 'RETR', messageNumber };
    this.#sink = sink;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  response(answer: Answer): void {
    if (answer.status === '-ERR') this.fail(commandRejected(this.command, answer));
  }

  content(octets: Uint8Array): void | Promise<void> {
    if (this.#failed) return undefined;
    try {
      return this.#sink.write(octets)?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  end(): void | Promise<void> {
    if (this.#failed) return undefined;
    try {
      const wait = this.#sink.end?.();
      if (wait !== undefined) return wait.then(this.#resolve, this.#reject);
      this.#resolve();
    } catch (error) {
      this.fail(error);
    }
    return undefined;
  }

  fail(error: unknown): void {
    this.#failed = true;
    this.#reject(error);
  }
}
