/** One line of a result. */
export interface Row {
  readonly name: string;
  readonly value: string;
}

/** Prints results in two columns. */
export function report(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(`\n${title}`);
  for (const { name, value } of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
}

/** `1.25x`. */
export function ratio(value: number, reference: number): string {
  return `${(value / reference).toFixed(2)}x`;
}

/** The middle one; the mean of the two in the middle where there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
