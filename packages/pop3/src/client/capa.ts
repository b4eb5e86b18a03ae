import { Capabilities, CommandRejectedError } from '../protocol/index.ts';
import type { CommandOptions } from './exchange.ts';
import { requestLines } from './request.ts';
import type { Session } from './session.ts';
import { PipeliningWindow, WindowOfOne } from './window.ts';

/**
 * CAPA (RFC 2449 section 5). The session remembers the answer, and pipelines from then on where it says so.
 *
 * @returns undefined where the server does not know the command.
 */
export async function capa(session: Session, options?: CommandOptions): Promise<Capabilities | undefined> {
  const lines: string[] = [];
  try {
    await requestLines(session, { keyword: 'CAPA' }, (text) => lines.push(text), options);
    session.capabilities = new Capabilities(lines);
  } catch (error) {
    if (!(error instanceof CommandRejectedError)) throw error;
    session.capabilities = undefined;
  }
  const pipelines = session.pipelining && session.capabilities?.has('PIPELINING') === true;
  // One that is in use knows what is in flight.
  if (pipelines !== session.window instanceof PipeliningWindow)
    session.window = pipelines ? new PipeliningWindow() : new WindowOfOne();
  return session.capabilities;
}
