import { leftToRight, mappedToNothing, nonAsciiSpace, prohibited, rightToLeft } from './saslprep-table.ts';

/**
 * Prepares a user name or a password with SASLprep (RFC 4013), so that the same one typed in two ways is the same.
 *
 * Both sides prepare it as a query (RFC 3454 section 7): code points that Unicode 3.2 does not assign, such as emoji, stay as they are.
 *
 * @returns undefined where it holds what SASLprep prohibits. The empty string stays empty: callers decide about it.
 */
export function prepareString(text: string): string | undefined {
  // Printable ASCII, by far the most frequent, is its own preparation.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  let mapped = '';
  for (const character of text) {
    const point = codePoint(character);
    if (contains(nonAsciiSpace, point)) mapped += ' ';
    else if (!contains(mappedToNothing, point)) mapped += character;
  }
  const normalized = mapped.normalize('NFKC');
  const points = Array.from(normalized, codePoint);
  if (points.some((point) => contains(prohibited, point))) return undefined;
  return respectsDirection(points) ? normalized : undefined;
}

// RFC 3454 section 6: right-to-left text holds nothing of the other direction, and begins and ends with its own.
function respectsDirection(points: readonly number[]): boolean {
  if (!points.some((point) => contains(rightToLeft, point))) return true;
  if (points.some((point) => contains(leftToRight, point))) return false;
  return contains(rightToLeft, points[0] ?? 0) && contains(rightToLeft, points.at(-1) ?? 0);
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

const decoded = new Map<string, Uint32Array>();

// Whether a table holds a code point: binary search over its ranges.
function contains(table: string, point: number): boolean {
  const ranges = decoded.get(table) ?? decode(table);
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (point < (ranges[middle * 2] ?? 0)) high = middle - 1;
    else if (point > (ranges[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

// First and last code point of every range, in order.
function decode(table: string): Uint32Array {
  let end = 0;
  const bounds = table.split(' ').flatMap((range) => {
    const [distance = '', length = '0'] = range.split('-');
    const start = end + Number.parseInt(distance, 36);
    end = start + Number.parseInt(length, 36);
    return [start, end];
  });
  const ranges = Uint32Array.from(bounds);
  decoded.set(table, ranges);
  return ranges;
}
