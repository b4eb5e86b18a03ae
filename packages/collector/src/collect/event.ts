import type { DestinationError } from '../destination/index.ts';
import type { PlanNote } from '../plan/index.ts';
import type { FailedMessage, SkippedMessage } from './options.ts';

/** What happens in a collection, as it happens. Unique-ids and reasons are the server's: escape them where they are shown. */
export type CollectEvent =
  /** A session was planned. */
  | {
      readonly type: 'planned';
      readonly messages: number;
      readonly retrieve: number;
      /** Of those to retrieve, as announced. */
      readonly octets: number;
      readonly known: number;
      readonly delete: number;
    }
  | { readonly type: 'note'; readonly note: PlanNote }
  /** Octets of messages came in, and messages were read to their end. Totals of this session. */
  | { readonly type: 'progress'; readonly messages: number; readonly octets: number }
  /** A message is durable at every destination, and the ledger knows it. */
  | {
      readonly type: 'delivered';
      readonly messageNumber: number;
      readonly uniqueId: string | undefined;
      readonly octets: number;
      /** Some destination had it already. */
      readonly repeated: boolean;
    }
  /** A message is durable at every destination that can be delivered to. One that is left out lacks it: a later run's turn. */
  | {
      readonly type: 'incomplete';
      readonly messageNumber: number;
      readonly uniqueId: string | undefined;
      readonly octets: number | undefined;
    }
  | ({ readonly type: 'failed' } & FailedMessage)
  | ({ readonly type: 'skipped' } & SkippedMessage)
  /** The server confirmed deletions. */
  | { readonly type: 'deleted'; readonly messages: number }
  /** The server refused or never confirmed deletions: the next run asks again. */
  | { readonly type: 'deletion-unconfirmed'; readonly messages: number; readonly reason: string }
  /** A destination cannot be delivered to, and the others go on without it. What it lacks is delivered to it by a later run. */
  | { readonly type: 'destination-failed'; readonly error: DestinationError }
  /** A session broke, and another one begins after so many milliseconds. */
  | { readonly type: 'retry'; readonly error: unknown; readonly delay: number };

/** Is told what happens in a collection. It must not throw. */
export type CollectListener = (event: CollectEvent) => void;
