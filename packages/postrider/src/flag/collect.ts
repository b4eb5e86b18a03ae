import { choiceFlag, FlagError, listFlag, mapFlag, numberFlag, switchFlag, textFlag } from './flag.ts';

const units: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000, g: 1_000_000_000 };
const ages: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

export const toFlag = listFlag({
  name: 'to',
  short: 't',
  description:
    'Where to deliver: maildir:PATH, mbox:PATH, eml:PATH, command:CMD, mda:CMD, lmtp://HOST:PORT, lmtp:SOCKET, smtp(s)://USER@HOST or imap(s)://USER@HOST/FOLDER',
  value: { name: 'DEST' },
});

export const toPasswordCommandFlag = textFlag({
  name: 'to-password-command',
  description: 'Run this command; the first line that it prints is the password for the server of --to',
  value: { name: 'CMD' },
});

export const keepFlag = switchFlag({
  name: 'keep',
  description: 'Leave the messages on the server; this is the default',
});

export const deleteFlag = switchFlag({
  name: 'delete',
  description: 'Delete messages from the server once they are delivered',
});

export const deleteAfterFlag = mapFlag(
  textFlag({
    name: 'delete-after',
    description: 'Delete messages so long after their delivery: 30d, 12h',
    value: { name: 'AGE' },
  }),
  parseAge,
);

export const newOnlyFlag = switchFlag({
  name: 'new-only',
  description: 'On the first run, note what is there and fetch none of it',
});

export const maximumSizeFlag = mapFlag(
  textFlag({
    name: 'max-size',
    description: 'Leave larger messages on the server, and name them: 20M, 500k',
    value: { name: 'SIZE' },
  }),
  parseSize,
);

export const limitFlag = numberFlag({
  name: 'limit',
  description: 'Fetch this many messages at most',
  value: { name: 'N' },
  minimum: 1,
  maximum: 1_000_000_000,
});

export const ledgerFlag = textFlag({
  name: 'ledger',
  description: 'The file that knows what was fetched',
  value: { name: 'FILE', complete: 'file' },
  fallback: "postrider/ledger.sqlite in the user's state folder",
});

export const dryRunFlag = switchFlag({
  name: 'dry-run',
  short: 'n',
  description: 'Tell what would be done, and do nothing',
});

export const doubtFlag = choiceFlag({
  name: 'on-doubt',
  description: 'What to do about a message that a command or a mail server may have got before a crash',
  value: { name: 'WHAT' },
  choices: ['deliver', 'hold'],
  fallback: 'deliver',
});

export const retriesFlag = numberFlag({
  name: 'retries',
  description: 'How often to try again in this run after a temporary failure',
  value: { name: 'N' },
  minimum: 0,
  maximum: 100,
  fallback: '2',
});

export const jobsFlag = numberFlag({
  name: 'jobs',
  short: 'j',
  description: 'Collect so many accounts at once, at most two of one host',
  value: { name: 'N' },
  minimum: 1,
  maximum: 100,
  fallback: '8',
});

/** Octets out of `20M`. */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d{1,12})([kmg]?)b?$/i.exec(text) ?? [];
  if (number === undefined) throw new FlagError(`wants a size such as 500k or 20M, not '${text}'`);
  return Number(number) * (units[unit.toLowerCase()] ?? 1);
}

/** Milliseconds out of `30d`. */
export function parseAge(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([mhdw])$/i.exec(text) ?? [];
  if (number === undefined) throw new FlagError(`wants an age such as 30d or 12h, not '${text}'`);
  return Number(number) * (ages[unit.toLowerCase()] ?? 0);
}
