import { ICalCalendar, ICalEventTransparency } from 'ical-generator';
import { inWords } from '../preflight/checks/in-words.js';
import type { ScheduleConfig } from '../preflight/checks/schedule.config.js';
import { closedPeriods } from '../preflight/windows/closed-periods.js';
import { foldLine } from './fold-line.js';
import type { RuleView } from './rule.mapper.js';

/** A time at which a rule lets nothing start. */
export interface ClosedTime {
  readonly rule: RuleView;
  readonly reason: string | null;
  /** Null: nobody knows since when. */
  readonly since: Date | null;
  readonly start: Date;
  readonly end: Date;
}

const refreshSeconds = 3600;

/** The times from `from` until before `to` at which a rule lets nothing start, each as it really begins and ends. */
export function closedTimes(rule: RuleView, config: ScheduleConfig, from: Date, to: Date): ClosedTime[] {
  return closedPeriods(config, from, to).map(({ start, end }) => {
    const since = start.getTime() === from.getTime() ? null : start;
    return { rule, reason: config.reason, since, start, end };
  });
}

/**
 * iCalendar (RFC 5545) with an event for each time. The same rules make the same events, with the same UIDs, whenever
 * they are asked for, so that calendars can tell what has changed. Times are UTC; nothing refers to another host.
 *
 * @param isCut whether there are more than these
 */
export function writeCalendar(times: readonly ClosedTime[], isCut: boolean): string {
  const calendar = new ICalCalendar({
    name: 'No-deploy windows',
    description: isCut ? `There are more than these ${times.length}` : null,
    prodId: { company: 'Versioner', product: 'Deployment rules', language: 'EN' },
    ttl: refreshSeconds,
  });
  const frame = calendar.toString().split('\r\n');
  // The library folds character by character, for half a millisecond an event.
  const events = times.flatMap((time) => {
    const event = calendar.createEvent(toEvent(time));
    return event.toString().trimEnd().split('\r\n').map(foldLine);
  });
  return [...frame.slice(0, -1), ...events, ...frame.slice(-1), ''].join('\r\n');
}

function toEvent({ rule, reason, since, start, end }: ClosedTime) {
  return {
    id: `${rule.id}-${since?.getTime() ?? 'open'}`,
    sequence: rule.revision,
    stamp: rule.updatedAt,
    start,
    end,
    summary: printable(rule.name),
    description: printable(describe(rule, reason)),
    // Nobody is busy because nothing is deployed.
    transparency: ICalEventTransparency.TRANSPARENT,
  };
}

function describe(rule: RuleView, reason: string | null): string {
  const { message, products, environments, environmentTypes: types } = rule;
  const which = products.length === 0 ? 'all products' : inWords(products, 'and');
  const where = environments.length === 0 ? 'all environments' : inWords(environments, 'and');
  const narrowed = types.length === 0 ? '' : `, of those only the type ${inWords(types, 'or')}`;
  const texts = [message, reason, `Nothing can be deployed: ${which} in ${where}${narrowed}.`];
  return texts.filter((text) => text !== null).join('\n');
}

/** Without the control characters that iCalendar has no form for (RFC 5545, section 3.3.11). */
function printable(text: string): string {
  return text.replace(/(?![\t\n])\p{Cc}/gu, ' ');
}
