import { Buffer } from 'node:buffer';
import type { OctetSearch } from '../protocol/index.ts';

/** The search of the platform: vectorised where `Uint8Array` can only look for one octet at a time. */
export const nodeSearch: OctetSearch = (octets, needle, from) =>
  Buffer.prototype.indexOf.call(octets, needle, from);
