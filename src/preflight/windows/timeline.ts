import { type Occurrence, type Occurrences, occurrencesOf } from './occurrences.js';
import { timeZone } from './time-zone.js';
import { dayMs } from './wall-clock.js';
import type { Schedule } from './window.js';

/** How far ahead and back a schedule that recurs is looked at: what comes every year is found. */
export const horizonMs = 400 * dayMs;

/** A span of time inside or outside all windows: from a moment until before another. Null: out of reach, or never. */
export interface Segment {
  readonly inside: boolean;
  readonly from: number | null;
  readonly to: number | null;
}

/** So much is computed at once, at first; what proves too little is doubled. */
const firstStepMs = 8 * dayMs;
/** A longer stretch is given up when time has moved on, so that what is kept stays small. */
const longestMs = 4 * horizonMs;

/**
 * The windows of a schedule, overlapping and adjacent ones merged, computed as far as somebody asked. Its answers depend on
 * the question alone, never on what was asked before.
 */
export class Timeline {
  /** How far it looks, to both sides: `horizonMs`, but without limit where all windows come only once. */
  readonly reachMs: number;
  private readonly all: readonly Occurrences[];
  /** Merged, ascending. Complete between `from` and `to`: all that end after the one and start before the other. */
  private starts: number[] = [];
  private ends: number[] = [];
  private from = 0;
  private to = 0;

  constructor({ timezone, windows }: Pick<Schedule, 'timezone' | 'windows'>) {
    const zone = timeZone(timezone);
    if (zone === null) throw new Error(`There is no time zone ${timezone}`);
    this.all = windows.map((window) => occurrencesOf(window, zone));
    this.reachMs = windows.every(({ kind }) => kind === 'once') ? Infinity : horizonMs;
    if (this.reachMs === Infinity) {
      this.add(this.all.flatMap((one) => one.startingIn(-Infinity, Infinity)));
      [this.from, this.to] = [-Infinity, Infinity];
    }
  }

  /** The span that contains a moment. */
  at(moment: number): Segment {
    if (this.reachMs === Infinity) return this.known(moment);
    this.include(moment);
    const [earliest, latest] = [moment - horizonMs, moment + horizonMs];
    for (let step = firstStepMs; ; step *= 2) {
      const { inside, from, to } = this.known(moment);
      if (from === null && this.from > earliest) this.extendBack(Math.max(this.from - step, earliest));
      else if (to === null && this.to <= latest) this.extendForward(Math.min(this.to + step, latest + firstStepMs));
      else
        return {
          inside,
          from: from === null || from <= earliest ? null : from,
          to: to === null || to > latest ? null : to,
        };
    }
  }

  /** What is known of the span that contains a moment; null where it may reach further than was computed. */
  private known(moment: number): Segment {
    const next = firstAfter(this.starts, moment);
    const last = next - 1;
    const inside = last >= 0 && moment < this.ends[last]!;
    const from = (inside ? this.starts[last] : this.ends[last]) ?? -Infinity;
    const to = (inside ? this.ends[last] : this.starts[next]) ?? Infinity;
    return { inside, from: from > this.from ? from : null, to: to < this.to ? to : null };
  }

  /** Makes sure that a moment lies in what is known. */
  private include(moment: number): void {
    if (moment >= this.from && moment < this.to) return;
    const isNear = moment > this.from - horizonMs && moment < this.to + horizonMs && this.to - this.from < longestMs;
    if (!isNear) {
      [this.starts, this.ends, this.from, this.to] = [[], [], moment, moment];
      this.add(
        this.all.flatMap((one) => one.startingIn(moment - one.longest, moment)).filter(({ end }) => end > moment),
      );
    }
    if (moment < this.from) this.extendBack(moment);
    if (moment >= this.to) this.extendForward(moment + firstStepMs);
  }

  private extendForward(to: number): void {
    this.add(this.all.flatMap((one) => one.startingIn(this.to, to)));
    this.to = to;
  }

  private extendBack(from: number): void {
    // What starts later than that and ends after `from` is known, since it ends after `this.from` too.
    const found = this.all.flatMap((one) => one.startingIn(from - one.longest, this.from - one.shortest));
    this.add(found.filter(({ end }) => end > from));
    this.from = from;
  }

  private add(found: readonly Occurrence[]): void {
    const first = found.reduce((earliest, { start }) => Math.min(earliest, start), Infinity);
    const isLater = first >= (this.starts.at(-1) ?? -Infinity);
    const known = isLater ? [] : this.starts.map((start, i) => ({ start, end: this.ends[i]! }));
    if (!isLater) [this.starts, this.ends] = [[], []];
    for (const { start, end } of [...known, ...found].sort((a, b) => a.start - b.start)) {
      if (start === end) continue;
      const last = this.ends.length - 1;
      if (last >= 0 && start <= this.ends[last]!) this.ends[last] = Math.max(this.ends[last]!, end);
      else {
        this.starts.push(start);
        this.ends.push(end);
      }
    }
  }
}

/** The index of the first number of an ascending list that is greater. */
function firstAfter(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

const timelines = new WeakMap<Schedule, Timeline>();

/** The timeline of a schedule, kept as long as the schedule. */
export function timelineOf(schedule: Schedule): Timeline {
  let timeline = timelines.get(schedule);
  if (timeline === undefined) timelines.set(schedule, (timeline = new Timeline(schedule)));
  return timeline;
}
