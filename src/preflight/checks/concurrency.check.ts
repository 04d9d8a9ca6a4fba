import { block, pass } from '../verdict.js';
import { toWireSeconds } from '../../common/wire-time.js';
import type { Check } from './check.js';
import type { ConcurrencyConfig } from './concurrency.config.js';

/** Blocks while the scope has no free slot; the oldest holder is named. No `retry_after`: nobody knows when it ends. */
export const concurrencyCheck: Check<ConcurrencyConfig> = {
  evaluate({ maxConcurrent, per }, { environmentName }, { holders }) {
    const oldest = holders[per][0];
    if (oldest === undefined || holders[per].length < maxConcurrent) return pass();

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
    });
  },
};
