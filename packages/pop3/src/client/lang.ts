import type { CommandOptions } from './exchange.ts';
import { request, requestLines } from './request.ts';
import type { Session } from './session.ts';

/** A language that the server can speak (RFC 6856 section 3.2). */
export interface Language {
  /** A language tag (RFC 5646), or `i-default`. */
  readonly tag: string;
  /** Its name, in itself. */
  readonly description: string;
}

/** LANG without an argument: the languages that there are. */
export async function languages(session: Session, options?: CommandOptions): Promise<readonly Language[]> {
  const found: Language[] = [];
  const read = (text: string): void => {
    const [tag = '', ...words] = text.split(' ');
    if (tag !== '') found.push({ tag, description: words.join(' ') });
  };
  await requestLines(session, { keyword: 'LANG' }, read, options);
  return found;
}

/** LANG with a tag (`*`: the server's choice): the language of the server's words from now on. Gives the server's answer. */
export function lang(session: Session, tag: string, options?: CommandOptions): Promise<string> {
  return request(session, { keyword: 'LANG', tag }, ({ text }) => text, options);
}
