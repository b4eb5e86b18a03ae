import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many columns of a terminal a text takes; East Asian and emoji take two, combining marks none. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

// A family of four takes two columns and eleven code units. What takes no room at all can go on for ever, and terminals show it all the same.
const mostUnits = 8;

/** Shortens a text to a number of columns; what was cut off shows as `…`. Never cuts through a character. */
export function fitText(text: string, columns: number): string {
  const longest = columns * mostUnits;
  if (text.length <= longest && textWidth(text) <= columns) return text;
  let fitted = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = stringWidth(segment);
    if (width + next > columns - 1 || fitted.length + segment.length > longest) break;
    fitted += segment;
    width += next;
  }
  return `${fitted}…`;
}
