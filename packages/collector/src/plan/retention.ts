import type { LedgerEntry } from './entry.ts';
import type { PlanInput } from './plan.ts';

/** Whether a delivered message is to be deleted by now. */
export function isDue(
  { deliveredAt }: LedgerEntry,
  { options, now }: Pick<PlanInput, 'options' | 'now'>,
): boolean {
  const retention = options?.retention;
  if (retention?.type === 'delete') return true;
  return (
    retention?.type === 'delete-after' && deliveredAt !== undefined && deliveredAt + retention.after <= now
  );
}
