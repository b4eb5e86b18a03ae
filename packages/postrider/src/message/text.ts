import type { Email } from 'postal-mime';

/** What can be read of a message: its text, or the text of its HTML where it has nothing else. */
export async function readableText({ text, html }: Email): Promise<string> {
  if (text !== undefined && text.trim() !== '') return text.trimEnd();
  if (html === undefined) return '';
  const { htmlToText } = await import('./html-text.ts');
  return htmlToText(html);
}
