import { stateFormats } from '../ledger/state-file.ts';
import { ledgerFlag } from './collect.ts';
import { actAsFlag, portFlag } from './connection.ts';
import { choiceFlag, switchFlag, textFlag } from './flag.ts';

export const fromFlag = choiceFlag({
  name: 'from',
  description: 'The program that wrote the file',
  value: { name: 'PROGRAM' },
  choices: stateFormats,
  fallback: 'recognised by its content',
});

export const sectionFlag = textFlag({
  name: 'section',
  description: 'Take this maildrop of the file, where the file calls it by another name',
  value: { name: 'USER@HOST' },
});

export const importDryRunFlag = switchFlag({
  name: 'dry-run',
  short: 'n',
  description: 'Tell what would be imported, and change nothing',
});

export const stateFlag = choiceFlag({
  name: 'state',
  description: 'Show only messages in this state',
  value: { name: 'STATE' },
  choices: ['listed', 'noted', 'delivered', 'set-aside', 'gone'],
});

/** Which ledger, and which account in it: the flags of collect that an account's name in the ledger is made of. */
export const accountFlags = [
  ledgerFlag,
  { ...portFlag, description: 'The port that collect connects to', fallback: undefined },
  { ...actAsFlag, description: 'The user whose maildrop collect asks for, where it is not USER' },
] as const;
