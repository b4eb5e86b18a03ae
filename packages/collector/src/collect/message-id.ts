import { hash } from 'node:crypto';

/** The id that destinations know a message by: 64 hexadecimal digits made from account and ledger key. Whatever a server chose, it is fit for a file name. */
export function messageId(account: string, key: string): string {
  return hash('sha256', `${account}\0${key}`);
}
