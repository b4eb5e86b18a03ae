import { CommandDestination } from './command.ts';
import type { Destination } from './destination.ts';
import { EmlDestination } from './eml.ts';
import { MaildirDestination } from './maildir.ts';
import { MboxDestination } from './mbox.ts';

/** The forms that {@link parseDestination} takes, for people. */
export const destinationForms: readonly string[] = ['maildir:PATH', 'mbox:PATH', 'eml:PATH', 'command:CMD'];

/** Makes a destination out of what a user wrote, such as `maildir:Mail`; undefined where it is none that is known. */
export function parseDestination(text: string): Destination | undefined {
  const match = /^([a-z]+):(.+)$/s.exec(text);
  const rest = match?.[2];
  if (rest === undefined) return undefined;
  switch (match?.[1]) {
    case 'maildir':
      return new MaildirDestination({ path: rest, name: text });
    case 'mbox':
      return new MboxDestination({ path: rest, name: text });
    case 'eml':
      return new EmlDestination({ path: rest, name: text });
    case 'command':
      return new CommandDestination({ command: rest, name: text });
    default:
      return undefined;
  }
}
