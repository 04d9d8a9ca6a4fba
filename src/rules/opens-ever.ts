import { closedPeriodAt } from '../preflight/windows/closed-periods.js';
import { horizonMs } from '../preflight/windows/timeline.js';
import type { Schedule } from '../preflight/windows/window.js';

/** Whether there is a moment, from now on and as far as schedules are followed, that all of them leave open. */
export function opensEver(schedules: readonly Schedule[], now: Date): boolean {
  const last = now.getTime() + horizonMs;
  for (let moment = now.getTime(); moment < last;) {
    const closed = schedules.map((schedule) => closedPeriodAt(schedule, moment, 0)).find((period) => period !== null);
    if (closed === undefined) return true;
    if (closed.end === null) return false;
    moment = closed.end;
  }
  return false;
}
