import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pop3Client } from '@postrider/pop3';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import {
  type CollectOptions,
  type CollectResult,
  collect,
  MaildirDestination,
  SqliteLedger,
} from '../../src/index.ts';

// What is tested with scenes does not depend on a disk.
const fastFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A server with a maildrop, a folder of our own, and a collection between them. */
export interface Scene extends AsyncDisposable {
  readonly folder: string;
  readonly maildrop: MemoryMaildrop;
  readonly port: number;
  login(): Promise<Pop3Client>;
  /** Collects into a Maildir, with a ledger opened for it alone. */
  collect(options?: Partial<CollectOptions>): Promise<CollectResult>;
  close(): Promise<void>;
}

export async function makeScene(messages: readonly string[]): Promise<Scene> {
  const folder = mkdtempSync(join(fastFolder, 'pr-collect-'));
  const maildrop = new MemoryMaildrop(messages);
  const server = new Pop3Server({ users: { a: 'b' }, maildrop: () => maildrop, failureDelay: 0 });
  const { port } = await server.listen();
  const login = async (): Promise<Pop3Client> => {
    const client = await Pop3Client.connect({ host: '127.0.0.1', port, security: 'none' });
    await client.authenticate({ user: 'a', password: 'b' });
    return client;
  };
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    folder,
    maildrop,
    port,
    login,
    collect: async (options = {}) => {
      const ledger = new SqliteLedger(join(folder, 'ledger.sqlite'));
      try {
        return await collect({
          account: 'a@127.0.0.1',
          login,
          ledger,
          destinations: [new MaildirDestination({ path: join(folder, 'Mail') })],
          retries: 0,
          retryDelay: 1,
          ...options,
        });
      } finally {
        await ledger.close();
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A message of some size, different for every number. */
export function message(number: number, lines = 5): string {
  const body = Array.from(
    { length: lines },
    (_, index) => `${index % 3 === 0 ? '.' : ''}line ${index} of ${number}`,
  );
  return `From: ${number}@example.org\nSubject: message ${number}\n\n${body.join('\n')}\n`;
}

/** The messages of a Maildir, by their content, sorted. */
export function readMaildir(path: string): string[] {
  return ['new', 'cur']
    .flatMap((name) =>
      readdirSync(join(path, name)).map((file) => readFileSync(join(path, name, file), 'latin1')),
    )
    .sort();
}
