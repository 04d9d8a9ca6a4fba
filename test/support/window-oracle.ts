/*
 * Decides by brute force whether a moment is closed: it knows a zone only by what Intl.DateTimeFormat shows there, minute by
 * minute, and shares no line with the code that it judges. It reads `config` as the wire has it. What it has found out is
 * kept, since Intl is slow.
 */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const codes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** What clocks in a zone show, as the time in UTC that looks the same. */
export class ZoneOracle {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();
  private readonly highs = new Map<number, number>();
  private readonly lows = new Map<number, number>();
  private last: { readonly hour: number; readonly offset: number | null } = { hour: Number.NaN, offset: null };

  constructor(readonly zone: string) {
    const numeric = 'numeric';
    const date = { year: numeric, month: numeric, day: numeric } as const;
    const time = { hour: numeric, minute: numeric, second: numeric, hourCycle: 'h23' } as const;
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'gregory', ...date, ...time });
  }

  /** The latest time that clocks have shown until a moment. */
  highest(moment: number): number {
    return this.extreme(moment, this.highs, -minute, Math.max);
  }

  /** The earliest time that clocks will show from a moment on. */
  lowest(moment: number): number {
    return this.extreme(moment, this.lows, minute, Math.min);
  }

  /** Walks minute by minute to where clocks run steadily, and back with what they show. */
  private extreme(
    moment: number,
    known: Map<number, number>,
    step: number,
    choose: (one: number, other: number) => number,
  ): number {
    const offset = this.steadyOffset(moment);
    if (offset !== null) return moment + offset;
    const before = known.get(moment / minute);
    if (before !== undefined) return before;
    let at = moment;
    while (this.steadyOffset(at) === null && !known.has(at / minute)) at += step;
    let found = known.get(at / minute) ?? this.shown(at);
    while (at !== moment) known.set((at -= step) / minute, (found = choose(found, this.shown(at))));
    return found;
  }

  /** The minutes from which on the offset is another, found by halving the days on which it changes. */
  changes(from: number, to: number): number[] {
    const offset = (moment: number) => this.shown(moment) - moment;
    const found: number[] = [];
    for (let low = from; low < to; low += day) {
      if (offset(low) === offset(low + day)) continue;
      let [before, after] = [low, low + day];
      while (after - before > minute) {
        const middle = before + Math.round((after - before) / 2 / minute) * minute;
        if (offset(middle) === offset(low)) before = middle;
        else after = middle;
      }
      found.push(after);
    }
    return found;
  }

  /**
   * The offset of a stretch of time without any change in it or within three hours of it: of a whole day where that and the
   * next begin with the same offset as those around them, else of an hour. Null: every minute must be looked at.
   */
  private steadyOffset(moment: number): number | null {
    const hourly = Math.floor(moment / hour) * hour;
    if (hourly !== this.last.hour) {
      const today = Math.floor(moment / day) * day;
      this.last = { hour: hourly, offset: this.offsetOfAll(today, -day, day, 2 * day) };
      if (this.last.offset === null)
        this.last = { hour: hourly, offset: this.offsetOfAll(hourly, -3 * hour, 4 * hour) };
    }
    return this.last.offset;
  }

  private offsetOfAll(start: number, ...away: readonly number[]): number | null {
    const offset = this.offsetAt(start);
    return away.every((distance) => this.offsetAt(start + distance) === offset) ? offset : null;
  }

  private offsetAt(moment: number): number {
    return remembered(this.offsets, moment, () => this.shown(moment) - moment);
  }

  private shown(moment: number): number {
    const [month, date, year, hours, min, second] = this.format.format(moment).split(/\D+/).map(Number);
    return Date.UTC(year!, month! - 1, date, hours, min, second);
  }
}

/** A window of a `config`. */
type WireWindow = Readonly<Record<string, unknown>>;

/** As it was written for one date: `end` a time of the wall clock, `lasts` milliseconds that pass. */
type Written = { readonly start: number; readonly end: number } | { readonly start: number; readonly lasts: number };

/** Whether a moment, a whole minute, is closed under a schedule. */
export class WindowOracle {
  private readonly closed = new Map<number, boolean>();
  private readonly windows: readonly ((moment: number) => boolean)[];

  constructor(
    private readonly config: Readonly<Record<string, unknown>> & { readonly windows: readonly WireWindow[] },
    private readonly zone: ZoneOracle,
  ) {
    this.windows = config.windows.map((window) =>
      config['recurrence'] === 'once' ? this.once(window) : this.recurring(window),
    );
  }

  isClosed(moment: number): boolean {
    return remembered(
      this.closed,
      moment,
      () => this.windows.some((isInside) => isInside(moment)) === (this.config['mode'] === 'deny'),
    );
  }

  /** With a runway in minutes, a start is also refused if the next closed minute comes sooner than that. */
  isBlocked(moment: number, runway: number): boolean {
    if (this.isClosed(moment)) return true;
    for (let ahead = 1; ahead < runway; ahead++) if (this.isClosed(moment + ahead * minute)) return true;
    return runway > 0 && this.isClosed(moment - minute) && this.isClosed(moment + runway * minute);
  }

  private once(window: WireWindow): (moment: number) => boolean {
    const [start, end] = [String(window['start']), String(window['end'])];
    return (moment) =>
      (start.endsWith('Z') ? moment >= Date.parse(start) : this.zone.highest(moment) >= local(start)) &&
      (end.endsWith('Z') ? moment < Date.parse(end) : this.isAhead(local(end), moment));
  }

  private recurring(window: WireWindow): (moment: number) => boolean {
    const known = new Map<number, readonly Written[]>();
    const lasts = Number(window['duration_minutes'] ?? 0) * minute;
    const longest = { daily: 2, weekly: 8, monthly: 63 }[String(this.config['recurrence'])]!;
    const back = (lasts > 0 ? Math.ceil(lasts / day) + 1 : longest) * day;
    return (moment) => {
      const highest = this.zone.highest(moment);
      const today = Math.floor(highest / day) * day;
      for (let date = today - back; date <= today; date += day) {
        for (const written of remembered(known, date, () => this.written(window, date))) {
          if (written.start > highest) continue;
          if (
            'end' in written ? this.isAhead(written.end, moment) : written.start > this.zone.highest(moment - lasts)
          ) {
            return true;
          }
        }
      }
      return false;
    };
  }

  /** Whether a time is still to come: clocks show an earlier one now or later, or this very one later. */
  private isAhead(wall: number, moment: number): boolean {
    return this.zone.lowest(moment) < wall || this.zone.lowest(moment + minute) <= wall;
  }

  /** What begins on a date. */
  private written(window: WireWindow, date: number): Written[] {
    const start = date + clock(window['start_time']);
    const end = date + clock(window['end_time']);
    const lasts = Number(window['duration_minutes']) * minute;
    switch (this.config['recurrence']) {
      case 'daily':
        return [{ start, end: end > start ? end : end + day }];
      case 'weekly': {
        if (weekday(date) !== names.indexOf(String(window['start_day']))) return [];
        const last = date + ((names.indexOf(String(window['end_day'])) - weekday(date) + 7) % 7) * day;
        const ends = last + clock(window['end_time']);
        return [{ start, end: ends > start ? ends : ends + 7 * day }];
      }
      case 'monthly':
        if (window['week'] === undefined) return byDate(window, date);
        return weekday(date) === names.indexOf(String(window['weekday'])) && isNth(date, Number(window['week']))
          ? [{ start, lasts }]
          : [];
      default:
        return ruleStarts(window, date)
          .filter((at) => this.counts(window, at))
          .map((at) => ({ start: at, lasts }));
    }
  }

  private counts(window: WireWindow, start: number): boolean {
    const until = /UNTIL=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)00(Z?)/.exec(String(window['rrule']));
    const exdates = (window['exdates'] ?? []) as readonly string[];
    if (exdates.some((exdate) => local(exdate) === start)) return false;
    if (until === null) return true;
    const [year, month, date, hours, min] = until.slice(1, 6).map(Number);
    const last = Date.UTC(year!, month! - 1, date, hours, min);
    return start <= (until[6] === 'Z' ? this.zone.highest(last) : last);
  }
}

function byDate(window: WireWindow, date: number): Written[] {
  const [year, month] = [new Date(date).getUTCFullYear(), new Date(date).getUTCMonth()];
  const meant = (of: number, written: unknown) =>
    Date.UTC(year, of, Math.min(written === -1 ? 31 : Number(written), lengthOf(year, of)));
  if (meant(month, window['start_date']) !== date) return [];
  const [start, end] = [clock(window['start_time']), clock(window['end_time'])];
  const number = (written: unknown, time: number) => (written === -1 ? 31 : Number(written)) * day + time;
  const isNext = number(window['end_date'], end) <= number(window['start_date'], start);
  const last = meant(month + (isNext ? 1 : 0), window['end_date']) + end;
  return [{ start: date + start, end: last > date + start ? last : date + day }];
}

/** The forms of a rule that can be decided for a date by itself. */
function ruleStarts(window: WireWindow, date: number): number[] {
  const rule = new Map(
    String(window['rrule'])
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const first = local(String(window['dtstart']));
  const midnight = Math.floor(first / day) * day;
  if (date < midnight) return [];
  const [year, month, ofMonth] = [
    new Date(date).getUTCFullYear(),
    new Date(date).getUTCMonth(),
    new Date(date).getUTCDate(),
  ];
  const isOneOf = (part: string, is: (one: string) => boolean) => rule.get(part)?.split(',').some(is) ?? true;
  const fits =
    isOneOf('BYMONTH', (one) => Number(one) === month + 1) &&
    isOneOf('BYMONTHDAY', (one) => Number(one) === ofMonth || Number(one) === ofMonth - lengthOf(year, month) - 1) &&
    isOneOf('BYDAY', (one) => {
      const nth = one.slice(0, -2);
      return codes[weekday(date)] === one.slice(-2) && (nth === '' || isNth(date, Number(nth)));
    });
  if (!fits) return [];
  const every = Number(rule.get('INTERVAL') ?? 1);
  const years = year - new Date(first).getUTCFullYear();
  const weekOf = (of: number) => of - weekday(of) * day;
  const steps = {
    YEARLY: years,
    MONTHLY: years * 12 + month - new Date(first).getUTCMonth(),
    WEEKLY: (weekOf(date) - weekOf(midnight)) / (7 * day),
    DAILY: (date - midnight) / day,
  }[rule.get('FREQ')!];
  if (steps !== undefined) return steps % every === 0 ? [date + first - midnight] : [];
  const hours = Array.from({ length: 24 }, (_, i) => date + i * hour + (first % hour));
  return hours.filter((start) => start >= first && ((start - first) / hour) % every === 0);
}

function clock(text: unknown): number {
  const [hours, min] = String(text).split(':').map(Number);
  return (hours! * 60 + min!) * minute;
}

function local(text: string): number {
  return Date.parse(`${text}Z`);
}

function weekday(date: number): number {
  return (new Date(date).getUTCDay() + 6) % 7;
}

function lengthOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** Whether a date is the first…fifth or, below 0, the last… of its weekday in its month. */
function isNth(date: number, nth: number): boolean {
  const of = new Date(date).getUTCDate();
  const left = lengthOf(new Date(date).getUTCFullYear(), new Date(date).getUTCMonth()) - of;
  return nth > 0 ? Math.ceil(of / 7) === nth : Math.floor(left / 7) + 1 === -nth;
}

/** By the minute of a moment: small numbers make quick keys. */
function remembered<T>(known: Map<number, T>, moment: number, find: () => T): T {
  const before = known.get(moment / minute);
  if (before !== undefined) return before;
  const found = find();
  if (known.size > 500_000) known.clear();
  known.set(moment / minute, found);
  return found;
}
