import type { RuleStatus } from './checks/check.js';
import type { RuleConfigs, RuleType } from './checks/index.js';

/** A policy as the engine sees it. `id` is null for what is built in. */
export type Rule = {
  [Type in RuleType]: {
    readonly id: string | null;
    readonly name: string;
    readonly type: Type;
    readonly status: RuleStatus;
    readonly config: RuleConfigs[Type];
  };
}[RuleType];

/** Always on: at most one deployment in progress per product and environment. */
export const builtInConcurrency: Rule = {
  id: null,
  name: 'Concurrency (built in)',
  type: 'concurrency',
  status: 'enabled',
  config: { maxConcurrent: 1, per: 'product_environment' },
};

/** Whether a start must also win the gate of its environment, because an enforced scope spans products. */
export function spansProducts(rules: readonly Rule[]): boolean {
  return rules.some((rule) => countsWholeEnvironment(rule) && rule.status === 'enabled');
}

/** Whether the facts must tell of every product of the environment: a rule that only reports is evaluated like any other. */
export function needsEnvironmentHolders(rules: readonly Rule[]): boolean {
  return rules.some((rule) => countsWholeEnvironment(rule) && rule.status !== 'disabled');
}

function countsWholeEnvironment({ type, config }: Rule): boolean {
  return type === 'concurrency' && config.per === 'environment';
}
