import { type DeliveryResult, failed } from './destination.ts';
import { DestinationError } from './error.ts';
import type { SpooledDelivery } from './spool.ts';

/** Hands spooled messages on, one after the other. One that is refused does not keep the others back, and none stays spooled. */
export async function commitOneByOne(
  deliveries: readonly SpooledDelivery[],
  handOn: (delivery: SpooledDelivery) => Promise<DeliveryResult>,
): Promise<readonly DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  for (const delivery of deliveries) {
    try {
      results.push(await handOn(delivery));
    } catch (error) {
      if (!(error instanceof DestinationError)) throw error;
      results.push(failed(error));
    } finally {
      delivery.abort();
    }
  }
  return results;
}
