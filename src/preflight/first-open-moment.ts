import type { PreflightFacts } from './checks/check.js';
import { isUnreadable, type Rule, type UnreadableRule } from './rule.js';
import { closedPeriodAt, runwayOf } from './windows/closed-periods.js';
import { horizonMs } from './windows/timeline.js';

/** How often a rule is asked, at most: two that leave no moment together are asked every hour of more than a year. */
const maximum = 200_000;

/**
 * The first moment from now on at which no enforced window applies, so that adjacent and overlapping windows of all
 * rules are merged. Null where there is none within 400 days: rules may leave no moment together though each by itself
 * does. A single freeze that is written out as longer moves that limit.
 */
export function firstOpenMoment(rules: readonly (Rule | UnreadableRule)[], facts: PreflightFacts): Date | null {
  const schedules = rules.flatMap((rule) =>
    !isUnreadable(rule) && rule.type === 'schedule' && rule.status === 'enabled'
      ? [{ schedule: rule.config, runwayMs: runwayOf(rule.config, facts.p95Ms) }]
      : [],
  );
  let moment = facts.now.getTime();
  let limit = moment + horizonMs;
  // Each rule in turn moves the moment to the end of its closed period, until all have let it through one after another.
  for (let turn = 0, passed = 0; passed < schedules.length; turn++) {
    const { schedule, runwayMs } = schedules[turn % schedules.length]!;
    const period = closedPeriodAt(schedule, moment, runwayMs);
    if (period === null) {
      passed++;
      continue;
    }
    if (period.end === null || turn >= maximum) return null;
    if (period.end - moment > horizonMs) limit = period.end + horizonMs;
    if (period.end > limit) return null;
    moment = period.end;
    passed = 0;
  }
  return new Date(moment);
}
