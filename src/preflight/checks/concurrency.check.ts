import { block, pass } from '../verdict.js';
import { toWireSeconds } from '../../common/wire-time.js';
import type { Check, Holder } from './check.js';
import type { ConcurrencyConfig } from './concurrency.config.js';

/** Blocks while the scope has no free slot; the oldest holder is named. No `retry_after`: nobody knows when it ends. */
export const concurrencyCheck: Check<ConcurrencyConfig> = {
  needs: ({ per }) => ({ environmentHolders: per === 'environment' }),

  evaluate({ maxConcurrent, per }, { environmentName }, { now, holders }) {
    // A forecast asks about later moments with today's facts: who is stale by then has given up the slot.
    const holding = holders[per].filter(({ staleAt }) => staleAt === null || now < staleAt);
    const [oldest] = holding;
    if (oldest === undefined || holding.length < maxConcurrent) return pass();

    return block('CONCURRENT_DEPLOYMENT', {
      message: `Another deployment to ${environmentName} is already in progress`,
      details: {
        conflicting_deployment_id: oldest.deploymentId,
        // The contract shows `started` as `in_progress` here, and here alone.
        conflicting_deployment_status: 'in_progress',
        conflicting_deployment_started: toWireSeconds(oldest.startedAt),
        conflicting_version: oldest.version,
        conflicting_product: oldest.productName,
        conflicting_deployed_by: oldest.deployedBy,
      },
      retryAfter: null,
      endsAt: freeAt(holding, maxConcurrent),
    });
  },
};

/** When so many holders are stale that a slot is free, whatever becomes of the others. */
function freeAt(holders: readonly Holder[], maxConcurrent: number): Date | null {
  const staleAt = holders
    .map((holder) => holder.staleAt?.getTime() ?? Infinity)
    .toSorted((a, b) => a - b)
    .at(holders.length - maxConcurrent)!;
  return staleAt === Infinity ? null : new Date(staleAt);
}
