import type { FactNeeds, RuleStatus } from './checks/check.js';
import { checks, type RuleConfigs, type RuleType } from './checks/index.js';

/** A policy as the engine sees it. `id` and `revision` are null for what is built in. */
export type Rule = {
  [Type in RuleType]: {
    readonly id: string | null;
    readonly revision: number | null;
    readonly name: string;
    /** What clients are told in place of the check's own words. */
    readonly message: string | null;
    readonly type: Type;
    readonly status: RuleStatus;
    readonly config: RuleConfigs[Type];
  };
}[RuleType];

/** A stored rule whose configuration can no longer be read. Where it applies, nothing starts: 503. */
export interface UnreadableRule {
  readonly id: string;
  readonly revision: number;
  readonly name: string;
  readonly type: string;
  readonly status: RuleStatus;
  readonly unreadable: string;
}

/** Always on: at most one deployment in progress per product and environment. */
export const builtInConcurrency: Rule = {
  id: null,
  revision: null,
  name: 'Concurrency (built in)',
  message: null,
  type: 'concurrency',
  status: 'enabled',
  config: { maxConcurrent: 1, per: 'product_environment' },
};

/** Adds what is built in to the rules that apply, unless they replace it. */
export function withBuiltIn(rules: readonly (Rule | UnreadableRule)[]): readonly (Rule | UnreadableRule)[] {
  const replaced = rules.some(
    (rule) =>
      !isUnreadable(rule) &&
      rule.type === 'concurrency' &&
      rule.status === 'enabled' &&
      rule.config.per === 'product_environment',
  );
  return replaced ? rules : [builtInConcurrency, ...rules];
}

export function isUnreadable(rule: Rule | UnreadableRule): rule is UnreadableRule {
  return 'unreadable' in rule;
}

/** Whether a start must also win the gate of its environment, because an enforced scope spans products. */
export function spansProducts(rules: readonly (Rule | UnreadableRule)[]): boolean {
  return rules.some(
    (rule) =>
      !isUnreadable(rule) &&
      rule.type === 'concurrency' &&
      rule.status === 'enabled' &&
      rule.config.per === 'environment',
  );
}

export const noNeeds: FactNeeds = {
  environmentHolders: false,
  here: false,
  elsewhere: [],
  lastCompletion: false,
  durations: false,
  approvals: false,
};

/** Of lists of rules that a policy keeps: each is asked about by every event of its places. */
const remembered = new WeakMap<readonly (Rule | UnreadableRule)[], FactNeeds>();

/** What must be known to evaluate these rules. A rule that only reports is evaluated like any other. */
export function needsOf(rules: readonly (Rule | UnreadableRule)[]): FactNeeds {
  const known = remembered.get(rules);
  if (known !== undefined) return known;
  const needs = collectNeeds(rules);
  remembered.set(rules, needs);
  return needs;
}

function collectNeeds(rules: readonly (Rule | UnreadableRule)[]): FactNeeds {
  return rules
    .filter((rule): rule is Rule => !isUnreadable(rule) && rule.status !== 'disabled')
    .map((rule) => checks[rule.type].needs(rule.config as never))
    .reduce<FactNeeds>(
      (all, some) => ({
        environmentHolders: all.environmentHolders || some.environmentHolders === true,
        here: all.here || some.here === true,
        elsewhere: [...new Set([...all.elsewhere, ...(some.elsewhere ?? [])])],
        lastCompletion: all.lastCompletion || some.lastCompletion === true,
        durations: all.durations || some.durations === true,
        approvals: all.approvals || some.approvals === true,
      }),
      noNeeds,
    );
}

/** Whether facts that were read for some needs are enough for others. */
export function covers(read: FactNeeds, needed: FactNeeds): boolean {
  return (
    (read.environmentHolders || !needed.environmentHolders) &&
    (read.here || !needed.here) &&
    needed.elsewhere.every((key) => read.elsewhere.includes(key)) &&
    (read.lastCompletion || !needed.lastCompletion) &&
    (read.durations || !needed.durations) &&
    (read.approvals || !needed.approvals)
  );
}
