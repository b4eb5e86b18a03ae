import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import { accountFlags, fromFlag, importDryRunFlag, sectionFlag, stateFlag } from '../ledger.ts';
import { targetArguments } from '../target.ts';

const nameInLedger = 'its name in the ledger: OWNER@HOST, or OWNER@HOST:PORT';

export const ledgerShow: CommandDefinition = {
  path: ['ledger', 'show'],
  summary: 'Show what the ledger knows of the messages of an account',
  description: [
    'Shows every message that the ledger knows: its unique-id, what became of it, its octets, when it was delivered, deleted or failed last (otherwise when it was first listed), and why where it is not at home. Without an account, it shows which accounts there are.',
    'An account is called OWNER@HOST there: the user whose maildrop it is (NAME of --act-as, or else USER) and the server, with :PORT behind it where that is neither 110 nor 995.',
    'States: listed (wanted, and not yet at every destination), noted (there on a first run with --new-only), delivered, set-aside (it failed too often), gone (delivered, and deleted from the server).',
  ],
  usage: ['', 'ACCOUNT', 'HOST USER'],
  arguments: targetArguments,
  count: [0, 2],
  completes: 'account',
  groups: [{ title: 'Options', flags: [stateFlag, ...accountFlags] }, generalGroup],
  examples: [
    { command: 'postrider ledger show', explanation: 'The accounts, and how much is known of each' },
    {
      command: 'postrider ledger show home --state set-aside',
      explanation: 'What was given up, and why',
    },
  ],
  json: {
    form: 'array',
    shapes: [
      {
        when: 'of every account',
        keys: [
          ['account', nameInLedger],
          ['messages', 'how many it knows'],
          ['listed', 'when they were last listed, ISO 8601 in UTC, or null'],
        ],
      },
      {
        when: 'of one account',
        keys: [
          ['uniqueId', 'its unique-id; null: the server has none'],
          ['state', 'listed, noted, delivered, set-aside or gone'],
          ['octets', 'its size; null: not known'],
          [
            'when',
            'when it was delivered, deleted or failed last, otherwise when it was first listed, ISO 8601 in UTC',
          ],
          ['reason', 'why it is not at home, or null'],
          ['failures', 'how often it failed'],
          ['delivered[]', 'the destinations that have it'],
          ['delivering[]', 'the destinations that may have it: a crash came in between'],
          ['firstSeen', 'when it was first listed, ISO 8601 in UTC'],
          ['vanished', 'when the server had it no more, ISO 8601 in UTC, or null'],
        ],
      },
    ],
  },
  load: () => import('../../command/ledger-show.ts'),
};

export const ledgerImport: CommandDefinition = {
  path: ['ledger', 'import'],
  summary: 'Take over from getmail, mpop, fetchmail, fdm or Thunderbird',
  description: [
    'Reads the file in which another program remembers what it fetched, so that postrider collect fetches only what that program had not. Nothing is changed at the server, and the other program keeps its file. Doing it again changes nothing.',
    "The files: ~/.getmail/oldmail-HOST-PORT-USER (or ~/.config/getmail), the uidls_file of mpop (~/.local/share/mpop_uidls/...), ~/.fetchids of fetchmail, the file behind cache in the configuration of fdm, and popstate.dat in the account's folder below Mail of a Thunderbird profile. Let the other program finish first, and do not run it afterwards.",
    'Files of mpop, fetchmail and Thunderbird say which maildrops they are about: with an account, that one is taken, without one, all of them, at the usual ports. Messages that Thunderbird fetched in part only are not imported.',
    'What is imported counts as delivered: collect --delete deletes it from the server, and --delete-after counts from when it was fetched, or from the import where the file does not say.',
  ],
  usage: ['FILE', 'ACCOUNT FILE', 'HOST USER FILE'],
  arguments: [...targetArguments, { name: 'FILE', description: 'The file of the other program' }],
  count: [1, 3],
  completes: 'file',
  groups: [
    { title: 'Options', flags: [fromFlag, sectionFlag, importDryRunFlag, ...accountFlags] },
    generalGroup,
  ],
  examples: [
    {
      command: 'postrider ledger import pop.example.org ann ~/.getmail/oldmail-pop.example.org-995-ann',
      explanation: 'getmail: the file does not say whose it is, so the account is named',
    },
    {
      command: 'postrider ledger import ~/.fetchids --dry-run',
      explanation: 'fetchmail: tells what would be imported, for every account of the file',
    },
    {
      command: 'postrider ledger import home ~/.local/share/mpop_uidls/uidls_for_ann_on_pop.example.org',
      explanation: 'mpop: the maildrop of the configured account home',
    },
    {
      command:
        'postrider ledger import home "~/.thunderbird/abcd.default/Mail/pop.example.org/popstate.dat" --section ann@pop.old.example',
      explanation: 'Thunderbird: the file calls the server by an older name',
    },
  ],
  json: {
    form: 'array',
    shapes: [
      {
        keys: [
          ['account', nameInLedger],
          ['program', 'whose file it is'],
          ['messages', 'how many that program fetched'],
          ['added', 'how many the ledger did not have'],
          ['known', 'how many it had'],
          ['unfetched', 'how many that program had not fetched whole'],
          ['dryRun', 'nothing was written'],
        ],
      },
    ],
  },
  load: () => import('../../command/ledger-import.ts'),
};

export const ledgerRetry: CommandDefinition = {
  path: ['ledger', 'retry'],
  summary: 'Let messages that were set aside be fetched again',
  description: [
    'Forgets the failures of messages: the next postrider collect tries them again. Without a unique-id, all of the account that were set aside.',
  ],
  usage: ['ACCOUNT [UNIQUE-ID...]', 'HOST USER [UNIQUE-ID...]'],
  arguments: [...targetArguments, { name: 'UNIQUE-ID', description: 'As ledger show writes it' }],
  count: [1, Number.POSITIVE_INFINITY],
  completes: 'account',
  groups: [{ title: 'Options', flags: [...accountFlags] }, generalGroup],
  examples: [{ command: 'postrider ledger retry home', explanation: 'All that were set aside' }],
  json: {
    form: 'object',
    shapes: [
      {
        keys: [
          ['account', nameInLedger],
          ['messages', 'how many will be tried again'],
        ],
      },
    ],
  },
  load: () => import('../../command/ledger-retry.ts'),
};
