import { readFileSync } from 'node:fs';

/** The messages of an mbox file, as another program would read them: mboxrd. */
export function readMbox(path: string): string[] {
  const messages: string[][] = [];
  const lines = readFileSync(path, 'latin1').split('\n');
  for (const line of lines.slice(0, -1)) {
    if (line.startsWith('From ')) messages.push([]);
    else messages.at(-1)?.push(line.replace(/^>(>*From )/, '$1'));
  }
  // The blank line behind a message is not part of it: joined without it, the last line has its end.
  return messages.map((message) => message.join('\n'));
}
