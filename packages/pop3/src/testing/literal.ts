import { concatenate, encodeText } from '../protocol/index.ts';

const maximumRun = 16_777_216;
const single: { readonly [letter: string]: number } = { r: 13, n: 10, t: 9, '0': 0, '\\': 92, '"': 34 };

/**
 * Reads octets written as text: UTF-8, with `\r \n \t \0 \" \\ \xNN` for single octets and `\{500*text}` for a run.
 *
 * @throws SyntaxError where a backslash is followed by anything else.
 */
export function parseLiteral(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let rest = text;
  while (rest !== '') {
    const plain = /^[^\\]+/.exec(rest)?.[0];
    if (plain !== undefined) {
      parts.push(encodeText(plain));
      rest = rest.slice(plain.length);
      continue;
    }
    const { octets, length } = parseEscape(rest);
    parts.push(octets);
    rest = rest.slice(length);
  }
  return concatenate(parts);
}

/** Writes octets so that {@link parseLiteral} reads them back: printable ASCII stays, everything else is an escape. */
export function formatLiteral(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) {
    if (octet === 13) text += '\\r';
    else if (octet === 10) text += '\\n';
    else if (octet === 9) text += '\\t';
    else if (octet === 92) text += '\\\\';
    else if (octet === 34) text += '\\"';
    else if (octet >= 32 && octet < 127) text += String.fromCharCode(octet);
    else text += `\\x${octet.toString(16).padStart(2, '0')}`;
  }
  return text;
}

function parseEscape(rest: string): { octets: Uint8Array; length: number } {
  const run = /^\\\{(\d+)\*((?:[^\\}]|\\.)+)\}/s.exec(rest);
  if (run?.[1] !== undefined && run[2] !== undefined) {
    const unit = parseLiteral(run[2]);
    const count = Number(run[1]);
    if (count * unit.length > maximumRun) throw new SyntaxError(`the run ${run[0]} is too long`);
    return { octets: concatenate(Array.from({ length: count }, () => unit)), length: run[0].length };
  }
  const hex = /^\\x([0-9A-Fa-f]{2})/.exec(rest)?.[1];
  if (hex !== undefined) return { octets: Uint8Array.of(Number.parseInt(hex, 16)), length: 4 };
  const octet = single[rest[1] ?? ''];
  if (octet === undefined) {
    throw new SyntaxError(`\\${rest[1] ?? ''} is no escape; write \\\\ for a backslash`);
  }
  return { octets: Uint8Array.of(octet), length: 2 };
}
