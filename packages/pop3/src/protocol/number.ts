/**
 * Reads a number as the RFCs write it: decimal digits, nothing else, and no more than a double holds exactly. Undefined for
 * everything else: signs, hex, fractions, `NaN`, 2^64.
 */
export function parseNumber(text: string): number | undefined {
  if (!/^[0-9]{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
