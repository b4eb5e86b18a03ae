const digits = 12;

/** The beginning of a header's hash as a number: a hundred thousand of them take little memory. NaN where there is no hash. */
export function headerMark(hash: string | undefined): number {
  return hash === undefined ? Number.NaN : Number.parseInt(hash.slice(0, digits), 16);
}
