import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import type { JsonKey } from '../json.ts';
import { headersFlag, rawFlag, saveFlag, uniqueIdFlag, yesFlag } from '../message.ts';
import { targetArguments } from '../target.ts';

const numberArgument = { name: 'N', description: 'A message-number, as list shows it' };

const listKeys: readonly JsonKey[] = [
  ['messageNumber', 'its number in this session'],
  ['octets', 'its size, as the server announces it'],
  ['uniqueId', 'its unique-id; null: the server has none'],
];

const headerKeys: readonly JsonKey[] = [
  ['date', 'when it was written, ISO 8601 in UTC; null: the header does not say'],
  ['from', 'who wrote it, decoded: NAME <ADDRESS>; null: the header does not say'],
  ['subject', 'what about, decoded; null: the header does not say'],
];

export const list: CommandDefinition = {
  path: ['list'],
  summary: 'List the messages',
  description: [
    'Lists message-number, octets and unique-id of every message; with --headers also date, sender and subject, of which the first thousand characters. Nothing is touched. Where the server contradicts itself, or says what cannot be read, the exit code is 65.',
  ],
  usage: ['HOST USER', 'ACCOUNT'],
  arguments: targetArguments,
  count: [1, 2],
  completes: 'account',
  groups: [{ title: 'Options', flags: [headersFlag] }, connectionGroup, loginGroup, generalGroup],
  examples: [
    { command: 'postrider list pop.example.org ann --headers', explanation: 'Who wrote, when, about what' },
  ],
  json: {
    form: 'array',
    shapes: [{ keys: listKeys }, { when: 'with --headers, also', keys: headerKeys }],
  },
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
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ...headerKeys,
          ['to[]', 'whom to, decoded'],
          ['cc[]', 'whom else, decoded'],
          ['text', 'what can be read: the text, or the text of the HTML'],
          ['attachments[].name', 'its file name, as the sender wrote it; null: it has none'],
          ['attachments[].type', 'its media type'],
          ['attachments[].octets', 'its size, decoded'],
          ['attachments[].saved', 'where --save-attachments wrote it; null: it was not asked to'],
        ],
      },
      {
        when: 'with --headers, instead',
        keys: [
          ['headers[].name', 'the name of a field'],
          ['headers[].value', 'its value, unfolded and not decoded'],
        ],
      },
    ],
  },
  load: () => import('../../command/show.ts'),
};

export const remove: CommandDefinition = {
  path: ['delete'],
  summary: 'Delete messages from the server',
  description: [
    'Shows the messages, asks, and deletes them for good; with --yes it shows what it deleted. Where one of them does not exist, none is deleted.',
    'A message-number is good for one session: where somebody else deletes too, the next one may count otherwise than list did. A unique-id always means the same message; with --yes, use that.',
  ],
  usage: ['HOST USER N...', 'ACCOUNT N...', 'ACCOUNT --unique-id ID'],
  arguments: [...targetArguments, numberArgument],
  count: [1, Number.POSITIVE_INFINITY],
  completes: 'account',
  groups: [{ title: 'Options', flags: [uniqueIdFlag, yesFlag] }, connectionGroup, loginGroup, generalGroup],
  examples: [
    { command: 'postrider delete pop.example.org ann 3 5', explanation: 'Asks first' },
    {
      command: 'postrider delete home --unique-id 0000000a5f3e --yes',
      explanation: 'That message and no other, without asking',
    },
  ],
  json: {
    form: 'object',
    shapes: [
      { keys: [...listKeys, ...headerKeys].map(([path, text]) => [`deleted[].${path}`, text] as const) },
    ],
  },
  load: () => import('../../command/delete.ts'),
};
