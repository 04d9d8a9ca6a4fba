import { closedPeriodAt, runwayOf } from './closed-periods.js';
import { type Occurrence, occurrencesOf } from './occurrences.js';
import { horizonMs, timelineOf } from './timeline.js';
import { timeZone, type TimeZone, type ZoneChange } from './time-zone.js';
import { dayMs, showWall } from './wall-clock.js';
import type { Schedule, Window } from './window.js';

const yearMs = 366 * dayMs;
/** Of changes of the clock: who is told of ten has seen enough. */
const mostChanges = 10;

/**
 * What can be evaluated but looks like a mistake, for the person who wrote the rule: a window or an exception that never
 * comes, a rule that leaves no open minute in 400 days or never blocks in them, a boundary that falls into a change of the
 * clock within a year.
 */
export function scheduleWarnings(schedule: Schedule, now: Date): readonly string[] {
  const zone = timeZone(schedule.timezone)!;
  const moment = now.getTime();
  const never = schedule.windows.flatMap((window, i) => neverComes(window, `windows[${i}]`, zone, moment));
  return [...never, ...extremes(schedule, moment, never.length > 0), ...clockChanges(schedule, zone, moment)];
}

function neverComes(window: Window, name: string, zone: TimeZone, now: number): string[] {
  if (window.kind === 'once') {
    if (window.end.at > now) return [];
    return [
      `${name} never comes: it ended at ${zone.show(window.end.at)} (${zone.name}). Remove it or give it another date`,
    ];
  }
  const { longest, startingIn } = occurrencesOf(window, zone);
  const comes = startingIn(now - longest, now + horizonMs).some(({ end }) => end > now);
  const rule = comes ? [] : [`${name} does not come within the next 400 days. Check its rrule, dtstart and exdates`];
  return [...rule, ...skipsNothing(window, name, zone)];
}

function skipsNothing(window: Window, name: string, zone: TimeZone): string[] {
  if (window.kind !== 'rrule' || window.exdates.length === 0) return [];
  const { startingIn } = occurrencesOf({ ...window, exdates: [] }, zone);
  return window.exdates.flatMap((exdate, i) =>
    startingIn(exdate, exdate + 1).length > 0
      ? []
      : [`${name}.exdates[${i}] skips nothing: no occurrence starts at ${zone.show(exdate)} (${zone.name})`],
  );
}

/** Everything or nothing; the latter is said already where a window never comes. */
function extremes(schedule: Schedule, now: number, isSaid: boolean): string[] {
  const closed = closedPeriodAt(schedule, now, runwayOf(schedule, null));
  if (closed !== null && (closed.end === null || closed.end > now + horizonMs)) {
    return [
      'This rule leaves no open minute in the next 400 days: as long as it is enabled, nothing can start where it applies',
    ];
  }
  const { inside, to } = timelineOf(schedule).at(now);
  const neverCloses = inside !== (schedule.mode === 'deny') && to === null;
  return neverCloses && !isSaid ? ['This rule blocks nothing in the next 400 days'] : [];
}

function clockChanges({ windows }: Schedule, zone: TimeZone, now: number): string[] {
  const found = zone
    .changes(now, now + yearMs)
    .flatMap((change) =>
      windows.flatMap((window, i) =>
        occurrencesAround(window, zone, change).flatMap((one) => boundariesIn(one, change, `windows[${i}]`, zone)),
      ),
    );
  if (found.length <= mostChanges) return found;
  return [
    ...found.slice(0, mostChanges),
    `${found.length - mostChanges} more boundaries fall into changes of the clock`,
  ];
}

function occurrencesAround(window: Window, zone: TimeZone, { at }: ZoneChange): Occurrence[] {
  const { longest, startingIn } = occurrencesOf(window, zone);
  return startingIn(at - longest - 2 * dayMs, at + 2 * dayMs);
}

/** What becomes of the start and the end of an occurrence where clocks skip or repeat the time at which it was written. */
function boundariesIn({ startWall, endWall }: Occurrence, change: ZoneChange, name: string, zone: TimeZone): string[] {
  const [early, late] = [change.before, change.after].map((offset) => change.at + offset).sort((a, b) => a - b);
  const isForward = change.after > change.before;
  const tell = (wall: number | null, boundary: 'start' | 'end') => {
    if (wall === null || wall < early! || wall >= late!) return [];
    const where = `${name}: its ${boundary} ${showWall(wall)}`;
    const clocks = `clocks in ${zone.name} go ${isForward ? 'forward' : 'back'} from ${clock(change, 'before')} to ${clock(change, 'after')} then`;
    if (isForward) return [`${where} does not exist, ${clocks}; the first moment after that counts`];
    return [`${where} comes twice, ${clocks}; the ${boundary === 'start' ? 'first' : 'second'} one counts`];
  };
  return [...tell(startWall, 'start'), ...tell(endWall, 'end')];
}

function clock(change: ZoneChange, side: 'before' | 'after'): string {
  return showWall(change.at + change[side]).slice(11);
}
