import { toWireSeconds, toWireSecondsUp } from '../../common/wire-time.js';
import { block, exempt, pass } from '../verdict.js';
import type { Check } from './check.js';
import type { CooldownConfig } from './cooldown.config.js';
import { minutesInWords } from './in-words.js';

/**
 * Blocks for some minutes after the product was deployed in the environment, whatever the version. A rollback is exempt
 * unless the rule says otherwise.
 */
export const cooldownCheck: Check<CooldownConfig> = {
  needs: ({ applyToRollbacks }) => ({ lastCompletion: true, here: !applyToRollbacks }),

  evaluate({ minutes, applyToRollbacks }, { productName, environmentName }, { now, here, lastCompletedAt }) {
    if (!applyToRollbacks && here.firstAt !== null) return exempt();
    if (lastCompletedAt === null) return pass();

    // The boundary instant is over.
    const overAt = new Date(lastCompletedAt.getTime() + minutes * 60_000);
    if (now >= overAt) return pass();

    const elapsed = Math.max(0, Math.floor((now.getTime() - lastCompletedAt.getTime()) / 60_000));
    const ago = elapsed === 0 ? 'less than a minute' : minutesInWords(elapsed);
    const last = `${productName} was deployed to ${environmentName} ${ago} ago`;
    const next = `the next one may start from ${toWireSecondsUp(overAt)} on`;
    return block('COOLDOWN_ACTIVE', {
      message: `${last}, and ${minutesInWords(minutes)} must lie between two deployments: ${next}`,
      details: {
        cooldown_minutes: minutes,
        elapsed_minutes: elapsed,
        remaining_minutes: Math.ceil((overAt.getTime() - now.getTime()) / 60_000),
        last_deployed_at: toWireSeconds(lastCompletedAt),
      },
      retryAfter: overAt,
    });
  },
};
