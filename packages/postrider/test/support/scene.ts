import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryMaildrop, Pop3Server, type Pop3ServerOptions } from '@postrider/pop3/server';

/** A server on loopback without TLS, whose user `ann` has some messages, and a folder of our own. */
export interface MaildropScene {
  readonly folder: string;
  readonly maildrop: MemoryMaildrop;
  readonly port: number;
  /** HOST USER and what it takes to get there, and a ledger in the folder. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function makeMaildropScene(
  messages: readonly string[],
  options: Partial<Pop3ServerOptions> = {},
): Promise<MaildropScene> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-cli-'));
  const maildrop = new MemoryMaildrop(messages);
  const server = new Pop3Server({
    users: { ann: 'p4ss' },
    maildrop: () => maildrop,
    failureDelay: 0,
    ...options,
  });
  const { port } = await server.listen();
  return {
    folder,
    maildrop,
    port,
    words: [
      ...['127.0.0.1', 'ann', '--port', String(port), '--security', 'none'],
      ...['--ledger', join(folder, 'ledger.sqlite')],
    ],
    env: { POSTRIDER_PASSWORD: 'p4ss', XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder },
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A message that is like no other, with LF line ends. */
export function message(number: number, lines = 5): string {
  const body = Array.from(
    { length: lines },
    (_, index) => `${index % 3 === 0 ? '.' : ''}line ${index} of ${number}`,
  );
  return `From: ${number}@example.org\nMessage-ID: <${number}@example.org>\nSubject: message ${number}\n\n${body.join('\n')}\n`;
}

/** The same as a mail server gets it. */
export function withCrlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

/** What is in a Maildir, sorted. */
export function readMaildir(path: string): string[] {
  return ['new', 'cur']
    .flatMap((name) =>
      readdirSync(join(path, name)).map((file) => readFileSync(join(path, name, file), 'latin1')),
    )
    .sort();
}
