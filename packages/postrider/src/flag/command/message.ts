import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import { headersFlag, rawFlag, saveFlag, yesFlag } from '../message.ts';
import { targetArguments } from '../target.ts';

const numberArgument = { name: 'N', description: 'A message-number, as list shows it' };

export const list: CommandDefinition = {
  path: ['list'],
  summary: 'List the messages',
  description: [
    'Lists message-number, octets and unique-id of every message; with --headers also date, sender and subject. Nothing is touched.',
  ],
  usage: ['HOST USER', 'ACCOUNT'],
  arguments: targetArguments,
  count: [1, 2],
  completes: 'account',
  groups: [{ title: 'Options', flags: [headersFlag] }, connectionGroup, loginGroup, generalGroup],
  examples: [
    { command: 'postrider list pop.example.org ann --headers', explanation: 'Who wrote, when, about what' },
  ],
  load: () => import('../../command/list.ts'),
};

export const show: CommandDefinition = {
  path: ['show'],
  summary: 'Show one message',
  description: [
    'Shows a message as people read it: decoded header, text, and what is attached. It stays on the server.',
  ],
  usage: ['HOST USER N', 'ACCOUNT N'],
  arguments: [...targetArguments, numberArgument],
  count: [2, 3],
  completes: 'account',
  groups: [
    { title: 'Options', flags: [rawFlag, headersFlag, saveFlag] },
    connectionGroup,
    loginGroup,
    generalGroup,
  ],
  examples: [
    { command: 'postrider show pop.example.org ann 1', explanation: 'Header, text, names of attachments' },
    { command: 'postrider show pop.example.org ann 1 --raw > 1.eml', explanation: 'The exact octets' },
  ],
  load: () => import('../../command/show.ts'),
};

export const remove: CommandDefinition = {
  path: ['delete'],
  summary: 'Delete messages from the server',
  description: [
    'Shows the messages, asks, and deletes them for good. Where one of them does not exist, none is deleted.',
  ],
  usage: ['HOST USER N...', 'ACCOUNT N...'],
  arguments: [...targetArguments, numberArgument],
  count: [2, Number.POSITIVE_INFINITY],
  completes: 'account',
  groups: [{ title: 'Options', flags: [yesFlag] }, connectionGroup, loginGroup, generalGroup],
  examples: [{ command: 'postrider delete pop.example.org ann 3 5', explanation: 'Asks first' }],
  load: () => import('../../command/delete.ts'),
};
