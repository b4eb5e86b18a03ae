import { type Command, commandRejected, describeCommand, RemoteProtocolError } from '../protocol/index.ts';
import type { Answer } from './answer.ts';
import type { CommandOptions } from './exchange.ts';
import type { Session } from './session.ts';

/**
 * Sends a command whose answer is one line, and gives what `read` makes of it.
 *
 * @throws CommandRejectedError where the server answers -ERR.
 */
export function request<T>(
  session: Session,
  command: Command,
  read: (answer: Answer) => T,
  options?: CommandOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    session.submit(
      {
        command,
        response: (answer) => {
          if (answer.status === '-ERR') return reject(commandRejected(command, answer));
          try {
            resolve(read(answer));
          } catch (error) {
            reject(error);
          }
        },
        fail: reject,
      },
      options,
    );
  });
}

/**
 * Sends a command whose answer is a list of lines, each given to `read` as it comes.
 *
 * @throws CommandRejectedError where the server answers -ERR.
 */
export function requestLines(
  session: Session,
  command: Command,
  read: (text: string, lineNumber: number) => void,
  options?: CommandOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    session.submit(
      {
        command,
        response: (answer) => {
          if (answer.status === '-ERR') reject(commandRejected(command, answer));
        },
        line: read,
        end: resolve,
        fail: reject,
      },
      options,
    );
  });
}

/** The error for an answer of which one value is malformed: the session goes on. */
export function malformed(
  session: Session,
  rule: string,
  command: Command,
  text: string,
): RemoteProtocolError {
  const excerpt = session.redactor.excerpt(text);
  const described = describeCommand(command);
  return new RemoteProtocolError(
    `the answer to ${described} is malformed: "${excerpt}"`,
    { rule, offset: 0, excerpt, fatal: false },
    { command: described },
  );
}

/**
 * Ends the session: what came is the answer to another command. To go on would give one message another's name.
 *
 * @returns the error, for the caller to throw.
 */
export function answersMixedUp(session: Session, command: Command, text: string): RemoteProtocolError {
  const excerpt = session.redactor.excerpt(text);
  const described = describeCommand(command);
  const error = new RemoteProtocolError(
    `the answer to ${described} is about another message: "${excerpt}"`,
    { rule: 'answer-order', offset: 0, excerpt },
    { command: described, hint: 'The server mixes up its answers; with pipelining: false it may not.' },
  );
  session.destroy(error);
  return error;
}
