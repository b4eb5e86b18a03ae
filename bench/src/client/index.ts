import { bare } from './bare.ts';
import type { Client } from './client.ts';
import { curl } from './curl.ts';
import { fetchmail } from './fetchmail.ts';
import { getmail } from './getmail.ts';
import { mpop } from './mpop.ts';
import { postrider } from './postrider.ts';
import { poplib, raw } from './python.ts';

/** Every client that is known; the order in which they take turns. */
export const clients: readonly Client[] = [postrider, mpop, curl, fetchmail, poplib, getmail, raw, bare];
