import type { MaildropMessage } from './maildrop.ts';
import type { ServerSession } from './server-session.ts';

/** A message or its beginning, in pieces. */
export type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Sends content behind a `+OK`. Where it cannot even be begun, the client gets `-ERR`; where it breaks off, the connection is
 * ended, since nothing else would keep the client from taking it for whole.
 */
export async function sendContent(
  session: ServerSession,
  { uniqueId, utf8 }: MaildropMessage,
  text: string,
  read: () => Content,
): Promise<void> {
  if (utf8 === true && !session.utf8) {
    session.reply('-ERR', 'this message needs UTF8 before the login', { code: 'UTF8' });
    return;
  }
  let pieces: Iterator<Uint8Array> | AsyncIterator<Uint8Array>;
  let piece: IteratorResult<Uint8Array>;
  try {
    pieces = iterate(read());
    piece = await pieces.next();
  } catch (error) {
    session.log({ event: 'error', error: new Error(`${uniqueId} cannot be read`, { cause: error }) });
    session.reply('-ERR', 'the message cannot be read now', { code: 'SYS/TEMP' });
    return;
  }
  try {
    session.reply('+OK', text);
    while (piece.done !== true) {
      await session.content(piece.value);
      piece = await pieces.next();
    }
    session.endContent();
  } finally {
    // Gives files back where the client went away.
    if (piece.done !== true) await pieces.return?.();
  }
}

function iterate(content: Content): Iterator<Uint8Array> | AsyncIterator<Uint8Array> {
  return Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]();
}
