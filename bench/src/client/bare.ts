import type { Client } from './client.ts';

const script = new URL('../bare.ts', import.meta.url).pathname;

/** A script for Node that does the least that any collector has to: what the platform itself allows. */
export const bare: Client = {
  name: 'bare script',
  format: 'maildir',
  durable: false,
  yardstick: true,
  installed: () => true,
  command: ({ output, port, user, password }) => [
    process.execPath,
    script,
    output,
    String(port),
    user,
    password,
  ],
};
