import { type Command, commandRejected } from '../protocol/index.ts';
import type { CommandOptions } from './exchange.ts';
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
  const command = { keyword: 'RETR', messageNumber } as const;
  return new Promise((resolve, reject) => {
    let failed = false;
    const giveUp = (error: unknown): void => {
      failed = true;
      reject(error);
    };
    session.submit(
      {
        command,
        response: (event) => {
          if (event.status === '-ERR') giveUp(commandRejected(command, event));
        },
        content: (octets) => {
          if (failed) return undefined;
          try {
            return sink.write(octets)?.catch(giveUp);
          } catch (error) {
            giveUp(error);
            return undefined;
          }
        },
        end: () => {
          if (failed) return undefined;
          try {
            const wait = sink.end?.();
            if (wait !== undefined) return wait.then(resolve, giveUp);
            resolve();
          } catch (error) {
            giveUp(error);
          }
          return undefined;
        },
        fail: giveUp,
      },
      options,
    );
  });
}
