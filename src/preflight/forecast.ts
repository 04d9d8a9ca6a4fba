import type { Verdict, Violation } from './verdict.js';

/** How far ahead it is looked (days). */
export const forecastDays = 90;

/** When an attempt may go, with what is known today. */
export interface Forecast {
  /** Null: a person is needed first (`needs`), or within 90 days there is no such moment. */
  readonly nextAllowedAt: Date | null;
  /** What only a person can end; empty where a moment was found, and where there is none whatever anybody does. */
  readonly needs: readonly Violation[];
}

/**
 * The earliest moment, from that of a verdict on and within 90 days, at which nothing enforced stands in the way; windows
 * that open, approvals that expire and holders that go stale meanwhile are seen. Overrides are left aside: they may be
 * gone by then.
 *
 * Every finding holds exactly until its `endsAt`, so nothing is allowed before the last of them, and the search goes on
 * there.
 *
 * @param verdictAt what a fresh evaluation says at a later moment, with today's facts
 */
export function forecast(verdict: Verdict, verdictAt: (at: Date) => Verdict): Forecast {
  const until = new Date(verdict.checkedAt.getTime() + forecastDays * 86_400_000);
  let at = verdict.checkedAt;
  for (let violations = enforcedOf(verdict); violations.length > 0; violations = enforcedOf(verdictAt(at))) {
    const endless = violations.filter(({ endsAt }) => endsAt === null);
    if (endless.length > 0) return { nextAllowedAt: null, needs: endless.filter(needsPerson) };

    const end = new Date(Math.max(...violations.map(({ endsAt }) => endsAt!.getTime())));
    if (end <= at) throw new Error(`What was found at ${at.toISOString()} is said to have ended by then`);
    if (end > until) return { nextAllowedAt: null, needs: [] };
    at = end;
  }
  return { nextAllowedAt: at, needs: [] };
}

function enforcedOf({ violations }: Verdict): Violation[] {
  return violations.filter(({ status }) => status === 'enabled');
}

/** A window that never opens does not open for anybody. */
function needsPerson({ code }: Violation): boolean {
  return code !== 'NO_DEPLOY_WINDOW';
}
