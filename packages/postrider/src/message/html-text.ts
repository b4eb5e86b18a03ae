import { Parser } from 'htmlparser2';

const hidden = new Set(['head', 'style', 'script', 'template', 'noscript', 'svg', 'object', 'select']);
const paragraphs = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'dl',
  'table',
  'blockquote',
  'pre',
  'hr',
]);
const lines = new Set([
  'div',
  'tr',
  'li',
  'dt',
  'dd',
  'section',
  'article',
  'header',
  'footer',
  'center',
  'address',
  'form',
]);

// The parser looks through all open elements at each tag, so that deep nesting takes it quadratic time. Real mail stays far below.
const deepest = 500;
const pieceLength = 16_384;

/** The text of an HTML document, as far as plain text can have it: paragraphs, lists, and where links lead. */
export function htmlToText(html: string): string {
  const text = new TextBuilder();
  let depth = 0;
  let hiddenDepth = 0;
  const links: string[] = [];
  const parser = new Parser(
    {
      onopentag: (name, { href }) => {
        depth += 1;
        if (hiddenDepth > 0 || hidden.has(name)) hiddenDepth += 1;
        if (hiddenDepth > 0) return;
        if (paragraphs.has(name)) text.breakLine(2);
        else if (name === 'br') text.addLine();
        else if (lines.has(name)) text.breakLine(1);
        else if (name === 'td' || name === 'th') text.addWord(' ');
        if (name === 'li') text.addWord('* ');
        if (name === 'pre') text.keepSpace(true);
        if (name === 'a') {
          links.push(href ?? '');
          text.mark();
        }
      },
      ontext: (piece) => {
        if (hiddenDepth === 0) text.addText(piece);
      },
      onclosetag: (name) => {
        depth -= 1;
        if (hiddenDepth > 0) {
          hiddenDepth -= 1;
          return;
        }
        if (name === 'pre') text.keepSpace(false);
        if (name === 'a') {
          const href = links.pop() ?? '';
          const shown = text.sinceMark();
          if (/^(?:https?|mailto):/i.test(href) && !isSame(shown, href)) text.addText(` <${href}> `);
        }
        if (paragraphs.has(name)) text.breakLine(2);
        else if (lines.has(name)) text.breakLine(1);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  for (let start = 0; start < html.length && depth <= deepest; start += pieceLength)
    parser.write(html.slice(start, start + pieceLength));
  if (depth > deepest) text.addText('\n[The rest is nested too deeply to be shown.]');
  else parser.end();
  return text.toString();
}

function isSame(shown: string, href: string): boolean {
  const bare = (url: string): string =>
    url
      .trim()
      .replace(/^(?:https?:\/\/|mailto:)/i, '')
      .replace(/\/$/, '');
  return bare(shown) === bare(href);
}

/** Puts text together as HTML does: runs of space are one, blocks begin lines, and there are no two empty lines in a row. */
class TextBuilder {
  readonly #pieces: string[] = [];
  #breaks = 0;
  #space = false;
  #empty = true;
  #preformatted = 0;
  #marked: string | undefined;

  addText(text: string): void {
    if (this.#preformatted > 0) {
      this.#put(text);
      return;
    }
    for (const word of text.split(/([ \t\r\n\f]+)/)) {
      if (word === '') continue;
      if (/^[ \t\r\n\f]/.test(word)) this.#space = true;
      else this.#put(word);
    }
  }

  /** Adds what is no text of the document, such as the mark of a list's item. */
  addWord(word: string): void {
    if (word === ' ') this.#space = true;
    else this.#put(word);
  }

  /** Ends a line, wherever it stands: two of them leave an empty one. */
  addLine(): void {
    this.#breaks = Math.min(2, this.#breaks + 1);
  }

  /** Sees to it that what comes next begins a line (1), or a paragraph (2). */
  breakLine(breaks: 1 | 2): void {
    this.#breaks = Math.max(this.#breaks, breaks);
  }

  keepSpace(keep: boolean): void {
    this.#preformatted = Math.max(0, this.#preformatted + (keep ? 1 : -1));
  }

  /** Remembers what is added from here on. */
  mark(): void {
    this.#marked = '';
  }

  /** The text since the mark; forgets the mark. */
  sinceMark(): string {
    const text = this.#marked ?? '';
    this.#marked = undefined;
    return text;
  }

  toString(): string {
    return this.#pieces.join('').trimEnd();
  }

  #put(word: string): void {
    if (this.#breaks > 0 && !this.#empty) this.#pieces.push('\n'.repeat(this.#breaks));
    else if (this.#space && this.#breaks === 0 && !this.#empty) {
      this.#pieces.push(' ');
      if (this.#marked !== undefined) this.#marked += ' ';
    }
    this.#pieces.push(word);
    if (this.#marked !== undefined) this.#marked += word;
    this.#breaks = 0;
    this.#space = false;
    this.#empty = false;
  }
}
