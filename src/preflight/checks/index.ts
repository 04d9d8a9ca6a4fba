import type { Check } from './check.js';
import { concurrencyCheck } from './concurrency.check.js';
import type { ConcurrencyConfig } from './concurrency.config.js';

/** Every check, by the type of the rules that it decides. A new check is one line here. */
export const checks = {
  concurrency: concurrencyCheck,
} satisfies Record<RuleType, Check<never>>;

/** The configuration of each type of rule. */
export interface RuleConfigs {
  readonly concurrency: ConcurrencyConfig;
}

export type RuleType = keyof RuleConfigs;
