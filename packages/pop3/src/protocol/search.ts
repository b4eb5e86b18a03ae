/**
 * Finds the first place of `needle` in `octets` at or after `from`; -1 where there is none. The core looks for CRLF-dot
 * with it. A platform with a faster search (Node's `Buffer.indexOf`) passes its own.
 */
export type OctetSearch = (octets: Uint8Array, needle: Uint8Array, from: number) => number;

/** A search that runs anywhere: looks for the needle's last octet, then compares what stands before it. */
export const searchOctets: OctetSearch = (octets, needle, from) => {
  const tail = needle.length - 1;
  const last = needle[tail];
  if (last === undefined) return from;
  for (let at = octets.indexOf(last, from + tail); at >= 0; at = octets.indexOf(last, at + 1)) {
    let back = 1;
    while (back <= tail && octets[at - back] === needle[tail - back]) back++;
    if (back > tail) return at - tail;
  }
  return -1;
};
