import type { Argument } from './definition.ts';

/** The words by which every command that connects names its maildrop. */
export const targetArguments: readonly Argument[] = [
  { name: 'ACCOUNT', description: 'The name of an account in the configuration file' },
  { name: 'HOST', description: 'The name or address of the server' },
  { name: 'USER', description: 'The name to log in with' },
];
