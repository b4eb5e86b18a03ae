import {
  deleteAfterFlag,
  deleteFlag,
  doubtFlag,
  dryRunFlag,
  jobsFlag,
  keepFlag,
  ledgerFlag,
  limitFlag,
  maximumSizeFlag,
  newOnlyFlag,
  retriesFlag,
  toFlag,
  toPasswordCommandFlag,
} from '../collect.ts';
import { connectionGroup, loginGroup } from '../connection.ts';
import type { CommandDefinition } from '../definition.ts';
import { generalGroup } from '../general.ts';
import { targetArguments } from '../target.ts';
import { collectJson } from './collect-json.ts';

export const collect: CommandDefinition = {
  path: ['collect'],
  summary: 'Bring new messages home, each exactly once',
  description: [
    'Fetches what is new and delivers it. Messages stay on the server unless --delete or --delete-after says otherwise, and are deleted only when their delivery is durable and recorded.',
    'Whatever crashes, the next run goes on where this one ended: nothing is lost, and nothing is delivered twice. Without an account, all of the configuration are collected.',
    'postrider help destinations tells where mail can be delivered, and how.',
  ],
  usage: ['HOST USER --to DEST', '[ACCOUNT...]'],
  arguments: targetArguments,
  count: [0, Number.POSITIVE_INFINITY],
  completes: 'account',
  groups: [
    {
      title: 'Options',
      flags: [
        toFlag,
        toPasswordCommandFlag,
        keepFlag,
        deleteFlag,
        deleteAfterFlag,
        newOnlyFlag,
        maximumSizeFlag,
        limitFlag,
        ledgerFlag,
        dryRunFlag,
        doubtFlag,
        retriesFlag,
        jobsFlag,
      ],
    },
    connectionGroup,
    loginGroup,
    generalGroup,
  ],
  examples: [
    {
      command: 'postrider collect pop.example.org ann --to maildir:Mail',
      explanation: 'Fetches what is new, and keeps it on the server',
    },
    {
      command: 'postrider collect pop.example.org ann --to maildir:Mail --delete-after 30d',
      explanation: 'Deletes it a month later',
    },
    {
      command: 'postrider collect home --to maildir:Mail --to "imaps://ann@imap.example.org/Archive"',
      explanation: 'To two places: a message is done when both have it',
    },
    {
      command: 'postrider collect home --to "mda:procmail -d ann" --delete',
      explanation: 'To a program that delivers, and then off the server',
    },
    { command: 'postrider collect', explanation: 'All accounts of the configuration file' },
  ],
  json: collectJson,
  load: () => import('../../command/collect.ts'),
};
