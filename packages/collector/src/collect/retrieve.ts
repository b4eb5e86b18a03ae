import { CommandRejectedError, type Pop3Client } from '@postrider/pop3';
import { type Destination, DestinationError } from '../destination/index.ts';
import type { Retrieval } from '../plan/index.ts';
import type { GroupCommit } from './group-commit.ts';
import { IncomingMessage } from './incoming.ts';

// How many messages are asked for before the oldest of them has come.
const ahead = 128;

/** What retrieving needs. */
export interface RetrieveOptions {
  readonly client: Pop3Client;
  readonly account: string;
  readonly destinations: readonly Destination[];
  readonly commit: GroupCommit;
  /** Aborted: nothing more is asked for. */
  readonly signal: AbortSignal;
  readonly onOctets: (octets: number) => void;
  /** A message came whole. */
  readonly onReceived: () => void;
  /** A message did not come, or a destination refused it; the session goes on. */
  readonly onFailed: (retrieval: Retrieval, reason: string) => void;
}

/**
 * Retrieves messages in a bounded window and hands each whole one to the group commit. Resolves when all of them were received or failed;
 * rejects with what ended the session, or made a destination unusable.
 */
export async function retrieveAll(retrievals: Iterable<Retrieval>, options: RetrieveOptions): Promise<void> {
  const { signal, commit } = options;
  let underway = 0;
  let settled = (): void => {};
  const failure: { value?: { readonly error: unknown } } = {};
  const start = async (retrieval: Retrieval): Promise<void> => {
    underway++;
    try {
      await retrieveOne(retrieval, options);
    } catch (error) {
      failure.value ??= { error };
      // What was asked for beyond this message is not wanted any more.
      options.client.destroy(error instanceof Error ? error : undefined);
    }
    underway--;
    settled();
  };
  const untilAtMost = async (count: number): Promise<void> => {
    while (underway > count) {
      await new Promise<void>((resolve) => {
        settled = resolve;
      });
    }
  };
  for (const retrieval of retrievals) {
    if (underway >= ahead) await untilAtMost(ahead / 2);
    if (failure.value !== undefined || commit.failure !== undefined || signal.aborted) break;
    void start(retrieval);
  }
  await untilAtMost(0);
  const ended = commit.failure ?? failure.value;
  if (ended !== undefined) throw ended.error;
  signal.throwIfAborted();
}

async function retrieveOne(retrieval: Retrieval, options: RetrieveOptions): Promise<void> {
  const { client, account, destinations, commit, onOctets, onReceived, onFailed } = options;
  const incoming = new IncomingMessage(retrieval, account, destinations, onOctets);
  try {
    await client.retrieveInto(retrieval.messageNumber, incoming);
  } catch (error) {
    await incoming.abort();
    const reason = messageFault(error);
    if (reason === undefined) throw error;
    onFailed(retrieval, reason);
    return;
  }
  onReceived();
  await commit.add(incoming);
}

/** What is wrong with this message alone; undefined where the error is about more than it. */
function messageFault(error: unknown): string | undefined {
  if (error instanceof CommandRejectedError) return error.message;
  return error instanceof DestinationError && error.scope === 'message' ? error.message : undefined;
}
