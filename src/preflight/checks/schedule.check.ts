import { type ClosedPeriod, closedPeriodAt, runwayOf } from '../windows/closed-periods.js';
import { timeZone } from '../windows/time-zone.js';
import { block, pass } from '../verdict.js';
import type { Check } from './check.js';
import type { ScheduleConfig } from './schedule.config.js';

/**
 * Blocks inside the windows (`deny`) or outside them (`allow`), and as long before as a deployment may take. What counts
 * is the moment of the start: a deployment that is running when a window opens goes on.
 */
export const scheduleCheck: Check<ScheduleConfig> = {
  needs: ({ runway }) => (runway === 'p95' ? { durations: true } : {}),

  evaluate(config, { environmentName }, { now, p95Ms }, { name }) {
    const runwayMs = runwayOf(config, p95Ms);
    const period = closedPeriodAt(config, now.getTime(), runwayMs);
    if (period === null) return pass();

    const zone = timeZone(config.timezone)!;
    const { start, end } = period;
    const closed = closedPeriodAt(config, now.getTime(), 0);
    const why = reasonOf(config, period, now, closed === null);
    return block('NO_DEPLOY_WINDOW', {
      message:
        end === null
          ? `No deployments allowed to ${environmentName}${why}. The rule ${name} leaves no open time in the next 400 days${closed?.end === null ? '' : thatFits(config, runwayMs)}: have it changed, or ask for an override`
          : `No deployments allowed to ${environmentName} until ${zone.show(end)} (${zone.name})${why}`,
      details: {
        window_name: name,
        window_start: start === null ? null : zone.toRfc3339(start),
        window_end: end === null ? null : zone.toRfc3339(end),
        reason: config.reason,
        timezone: config.timezone,
      },
      retryAfter: end === null ? null : new Date(end),
    });
  },
};

/** What no open time is as long as. */
function thatFits({ runway }: ScheduleConfig, runwayMs: number): string {
  const took = runway === 'p95' ? ', which 95 % of the last deployments there took at most' : '';
  return ` that is longer than its runway of ${Math.ceil(runwayMs / 60_000)} minutes${took}`;
}

/** What follows after a colon, if anything is known. `isOpen`: but for the runway it could start. */
function reasonOf(
  { mode, reason, timezone }: ScheduleConfig,
  { start }: ClosedPeriod,
  now: Date,
  isOpen: boolean,
): string {
  if (start !== null && now.getTime() < start) {
    const coming = `a start now could run into the closed period that begins at ${timeZone(timezone)!.show(start)}`;
    return `: ${reason === null ? coming : `${reason} (${coming})`}`;
  }
  if (reason !== null) return `: ${reason}`;
  return mode === 'allow' && !isOpen ? ': outside the times at which deployments are allowed' : '';
}
