import type { CommandOf } from './handler.ts';
import type { ServerSession } from './server-session.ts';

const languages = [
  ['en', 'English'],
  ['i-default', 'English, the default language'],
] as const;

/** LANG (RFC 6856 section 3). This server speaks English, under two names. */
export async function lang(session: ServerSession, { tag }: CommandOf<'LANG'>): Promise<void> {
  if (session.context.options.lang === false) {
    session.reply('-ERR', 'LANG is not supported here');
    return;
  }
  if (tag === undefined) {
    await session.lines(
      'these languages are spoken',
      languages.map((language) => language.join(' ')),
    );
    return;
  }
  const wanted = tag.toLowerCase();
  const found =
    wanted === '*'
      ? languages[0]
      : languages.find(([name]) => name === wanted || wanted.startsWith(`${name}-`));
  if (found === undefined) session.reply('-ERR', 'that language is not spoken here');
  else session.reply('+OK', `${found[0]} ${found[1]} from now on`);
}
