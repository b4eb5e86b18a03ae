/** The octets that POP3's framing is made of. */
export const LF = 0x0a;
export const CR = 0x0d;
export const DOT = 0x2e;

/** Joins octets into one array. @internal */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

/** How much memory a received chunk takes, about: its octets, and the objects around them, which outweigh those of a short one by far. */
export function memoryOf(chunk: Uint8Array): number {
  return chunk.length + 512;
}
