/** `1 message`, `2 messages`. */
export function countOf(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

const units = ['kB', 'MB', 'GB', 'TB'];

/** Octets for people, in powers of a thousand: `812 B`, `3.4 MB`. */
export function formatOctets(octets: number): string {
  if (octets < 1000) return `${octets} B`;
  let value = octets / 1000;
  let unit = 0;
  // 999,950 would round to `1000.0 kB`.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}
