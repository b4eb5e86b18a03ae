import type { Delivery, DeliveryMessage, DeliveryResult } from '../../src/index.ts';

let counter = 0;

/** A message as the engine would hand it over. */
export function deliveryMessage(fields: Partial<DeliveryMessage> = {}): DeliveryMessage {
  const id = (++counter).toString(16).padStart(64, '0');
  return { id, octets: undefined, account: 'ann@pop.example.org', uniqueId: `uid-${counter}`, ...fields };
}

/** Delivers one message, in pieces, as the engine does. */
export async function deliver<T extends Delivery>(
  destination: {
    begin(message: DeliveryMessage): T | Promise<T>;
    commit(deliveries: readonly T[]): Promise<readonly DeliveryResult[]>;
  },
  content: string | Buffer,
  fields: Partial<DeliveryMessage> = {},
): Promise<DeliveryResult> {
  const octets = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const delivery = await destination.begin(deliveryMessage(fields));
  for (let start = 0; start < octets.length; start += 7000)
    await delivery.write(octets.subarray(start, start + 7000));
  await delivery.end();
  const [result] = await destination.commit([delivery]);
  if (result === undefined) throw new Error('commit gave no result');
  return result;
}
