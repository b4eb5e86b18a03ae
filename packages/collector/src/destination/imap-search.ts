import type { ImapFlow } from 'imapflow';
import { fieldOf, headerOf } from './header-field.ts';

// More than that with the same Message-ID is no mail but a flood.
const mostCandidates = 100;

/** The server does not tell what it has. */
export class SearchRefusedError extends Error {
  override readonly name = 'SearchRefusedError';
}

/**
 * Whether the open folder has this message: one with the same Message-ID and the same header, so that the copy that came by a mailing list is another; or,
 * where it has no Message-ID, one with the same octets.
 *
 * @throws SearchRefusedError
 */
export async function isInFolder(client: ImapFlow, octets: Buffer): Promise<boolean> {
  const messageId = fieldOf(octets, 'message-id');
  const searchable = messageId !== undefined && /^[\x21-\x7e]{1,900}$/.test(messageId);
  const found = await client.search(
    searchable
      ? { header: { 'message-id': messageId } }
      : { smaller: octets.length + 1, ...(octets.length > 0 ? { larger: octets.length - 1 } : {}) },
    { uid: true },
  );
  if (found === false || found === undefined) throw new SearchRefusedError('the server refused to search');
  if (found.length === 0) return false;
  const wanted = searchable ? headerText(octets) : octets.toString('latin1');
  const query = searchable ? { headers: true } : { source: true };
  const candidates = await client.fetchAll(found.slice(-mostCandidates), query, { uid: true });
  return candidates.some(({ headers, source }) => {
    const there = searchable ? headers && headerText(headers) : source?.toString('latin1');
    return there === wanted;
  });
}

// Line ends and blanks at the end of lines are not worth a second copy.
function headerText(octets: Buffer): string {
  return headerOf(octets)
    .replace(/[ \t]*\r?\n/g, '\n')
    .trimEnd();
}
