import type { CommandOf } from './handler.ts';
import type { MaildropMessage } from './maildrop.ts';
import { noSuchMessage } from './no-such-message.ts';
import type { ServerSession } from './server-session.ts';

/** RETR (RFC 1939 section 5). */
export async function retr(session: ServerSession, { messageNumber }: CommandOf<'RETR'>): Promise<void> {
  const message = session.message(messageNumber);
  if (message === undefined) noSuchMessage(session);
  else await sendContent(session, message, `${message.octets} octets`, message.read());
}

/**
 * Sends content behind a `+OK`. Where it cannot even be begun, the client gets `-ERR`; where it breaks off, the connection is
 * ended, since nothing else would keep the client from taking it for whole.
 */
export async function sendContent(
  session: ServerSession,
  { uniqueId }: MaildropMessage,
  text: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const pieces = iterate(content);
  let piece: IteratorResult<Uint8Array>;
  try {
    piece = await pieces.next();
  } catch (error) {
    session.log({ event: 'error', error: new Error(`${uniqueId} cannot be read`, { cause: error }) });
    session.reply('-ERR', 'the message cannot be read now', { code: 'SYS/TEMP' });
    return;
  }
  session.reply('+OK', text);
  for (; piece.done !== true; piece = await pieces.next()) await session.content(piece.value);
  session.endContent();
}

async function* iterate(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield* content;
}
