import { horizonMs, type Segment, timelineOf } from './timeline.js';
import { minuteMs } from './wall-clock.js';
import type { Schedule } from './window.js';

/** When no deployment may start: from a moment until before another. Null: further away than `horizonMs`, or never. */
export interface ClosedPeriod {
  readonly start: number | null;
  readonly end: number | null;
}

/**
 * The closed period for which a start at this moment is refused; null: it is let in. Periods that touch are one. A start
 * is also refused less than the runway before a closed period, `start` being that of the period to come; and where a gap
 * between two is not longer than the runway, nothing can start in it: they are one.
 */
export function closedPeriodAt(schedule: Schedule, moment: number, runwayMs: number): ClosedPeriod | null {
  const timeline = timelineOf(schedule);
  const isClosed = ({ inside }: Segment) => inside === (schedule.mode === 'deny');
  const isShort = ({ from, to }: Segment) => from !== null && to !== null && to - from <= runwayMs;

  const now = timeline.at(moment);
  if (!isClosed(now) && (now.to === null || (moment <= now.to - runwayMs && !isShort(now)))) return null;

  let [start, end] = isClosed(now) ? [now.from, now.to] : [isShort(now) ? now.from : now.to, now.to];
  const [earliest, latest] = [moment - timeline.reachMs, moment + timeline.reachMs];
  while (start !== null && start > earliest) {
    const before = timeline.at(start - 1);
    if (!isClosed(before) && !isShort(before)) break;
    start = before.from;
  }
  while (end !== null && end <= latest) {
    const after = timeline.at(end);
    if (!isClosed(after) && !isShort(after)) break;
    end = after.to;
  }
  return {
    start: start === null || start <= earliest ? null : start,
    end: end === null || end > latest ? null : end,
  };
}

/** How long before a closed period starts are refused, in milliseconds. `p95Ms` is null where too few deployments tell. */
export function runwayOf({ runway }: Schedule, p95Ms: number | null): number {
  if (runway === null) return 0;
  return runway === 'p95' ? (p95Ms ?? 0) : runway.minutes * minuteMs;
}

/**
 * The closed periods that touch a span of time, merged and ascending, without runway. They reach beyond the span as they
 * really do, except where no end (start) is known: the span's own is given then. A span longer than 400 days is cut.
 */
export function closedPeriods(schedule: Schedule, from: Date, to: Date): { start: Date; end: Date }[] {
  const timeline = timelineOf(schedule);
  const last = Math.min(to.getTime(), from.getTime() + horizonMs);
  const found: { start: Date; end: Date }[] = [];
  for (let moment = from.getTime(); moment < last;) {
    const segment = timeline.at(moment);
    const [start, end] = [segment.from ?? from.getTime(), segment.to ?? last];
    if (segment.inside === (schedule.mode === 'deny')) found.push({ start: new Date(start), end: new Date(end) });
    moment = end;
  }
  return found;
}
