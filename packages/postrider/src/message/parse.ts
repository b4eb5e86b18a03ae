import PostalMime, { type Email } from 'postal-mime';
import { exitCode, ProgramError } from '../failure/index.ts';

// The parser takes some 8 us and 300 octets for each. An attachment of 50 MB has 650,000.
const mostLines = 1_000_000;

/** Takes a message apart. @throws ProgramError where its sender made it for programs to choke on. */
export async function parseMessage(octets: Uint8Array): Promise<Email> {
  if (hasMoreLines(octets, mostLines)) throw unreadable('it has more than a million lines');
  try {
    return await PostalMime.parse(octets);
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error), error);
  }
}

/** That a message can be had, but not be shown as people read it. */
export function unreadable(reason: string, cause?: unknown): ProgramError {
  return new ProgramError(
    `the message cannot be shown as people read it: ${reason}`,
    exitCode.someFailed,
    '--raw writes its exact octets.',
    cause,
  );
}

function hasMoreLines(octets: Uint8Array, most: number): boolean {
  let lines = 0;
  for (let end = octets.indexOf(0x0a); end !== -1; end = octets.indexOf(0x0a, end + 1)) {
    lines += 1;
    if (lines > most) return true;
  }
  return false;
}
