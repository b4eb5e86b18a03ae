import { createHash } from 'node:crypto';

/** The id that destinations know a message by: 64 hexadecimal digits made from account and ledger key. Whatever a server chose, it is fit for a file name. */
export function messageId(account: string, key: string): string {
  return createHash('sha256').update(`${account}\0${key}`).digest('hex');
}
