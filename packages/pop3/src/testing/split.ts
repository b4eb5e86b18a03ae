/**
 * How octets are cut before they are fed: all at once, one by one, or at places that a seed chooses, always the same for
 * the same seed.
 */
export type Split = 'whole' | 'octet' | { readonly seed: number };

/** Cuts octets into pieces, none of them empty. The pieces are copies, as those from a network would be. */
export function* splitOctets(octets: Uint8Array, split: Split): Generator<Uint8Array> {
  const random = typeof split === 'object' ? randomNumbers(split.seed) : undefined;
  for (let start = 0; start < octets.length; ) {
    let length = octets.length - start;
    if (split === 'octet') length = 1;
    // Short pieces are the interesting ones: most splits fall into line ends and terminators.
    else if (random !== undefined) length = 1 + Math.floor(random() ** 3 * Math.min(length, 64));
    yield new Uint8Array(octets.subarray(start, start + length));
    start += length;
  }
}

/** A name for a split, for the names of tests. */
export function describeSplit(split: Split): string {
  if (typeof split === 'object') return `split at random, seed ${split.seed}`;
  return split === 'octet' ? 'octet by octet' : 'whole';
}

// mulberry32: 32 bits of state are plenty for choosing where to cut.
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
