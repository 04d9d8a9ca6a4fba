import { Temporal } from 'temporal-polyfill';
import { dayMs, minuteMs, showWall, type WrittenTime } from './wall-clock.js';

/** A change of a zone's offset, such as the start of daylight-saving time. Offsets are milliseconds east of UTC. */
export interface ZoneChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** Zones change a few times a year: so much of one is looked up at once. */
const blockMs = 732 * dayMs;
/** Further than any change moves the clock, and than any zone is from UTC. */
const marginMs = 2 * dayMs;

/** Times with one offset each, in order: from `since[i]` on, the offset is `offset[i]`. */
interface Block {
  readonly since: readonly number[];
  readonly offset: readonly number[];
}

/**
 * A time zone of the IANA database. Moments are milliseconds since 1970 in UTC. In a spring gap a missing time means the
 * first moment after the gap; of a time that comes twice in autumn, a start is the first and an end the second moment
 * (the page on pre-flight checks), so that no freeze is shorter than written.
 */
export class TimeZone {
  private readonly blocks = new Map<number, Block>();

  /** @param name as the database of zones writes it */
  constructor(readonly name: string) {}

  /** Milliseconds east of UTC. */
  offsetAt(moment: number): number {
    const { since, offset } = this.block(moment);
    let last = since.length - 1;
    while (moment < since[last]!) last--;
    return offset[last]!;
  }

  /** What clocks show at a moment. */
  wallAt(moment: number): number {
    return moment + this.offsetAt(moment);
  }

  /** The first moment at which clocks show this time; in a gap the first after it. */
  startOf(wall: number): number {
    const { since, offset } = this.block(wall);
    let first = 0;
    while (first + 1 < since.length && wall >= since[first + 1]! + offset[first]!) first++;
    return Math.max(wall - offset[first]!, since[first]!);
  }

  /** The last moment at which clocks show this time; in a gap the first after it. */
  endOf(wall: number): number {
    const { since, offset } = this.block(wall);
    let last = since.length - 1;
    while (wall < since[last]! + offset[last]!) last--;
    return Math.min(wall - offset[last]!, since[last + 1] ?? Infinity);
  }

  /** The moment of a written time; of one without offset, as of a start. */
  momentOf({ wall, offset }: WrittenTime): number {
    return offset === null ? this.startOf(wall) : wall - offset * minuteMs;
  }

  /** How many moments there are at which clocks show this time: 0 in a gap, 2 in an overlap. */
  timesOf(wall: number): number {
    const { since, offset } = this.block(wall);
    return since.filter((at, i) => wall >= at + offset[i]! && wall < (since[i + 1] ?? Infinity) + offset[i]!).length;
  }

  /** The changes from one moment until before another. */
  changes(from: number, to: number): ZoneChange[] {
    const found = new Map<number, ZoneChange>();
    for (let block = Math.floor(from / blockMs); block * blockMs < to; block++) {
      const { since, offset } = this.block(block * blockMs);
      since.forEach((at, i) => {
        if (i > 0 && at >= from && at < to) found.set(at, { at, before: offset[i - 1]!, after: offset[i]! });
      });
    }
    return [...found.values()];
  }

  /** RFC 3339 with the zone's own offset and whole seconds: `2025-10-24T15:00:00-07:00`. */
  toRfc3339(moment: number): string {
    const offset = this.offsetAt(moment);
    const minutes = Math.trunc(Math.abs(offset) / minuteMs);
    const [hh, mm] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
    return `${new Date(moment + offset).toISOString().slice(0, 19)}${offset < 0 ? '-' : '+'}${hh}:${mm}`;
  }

  /** For people: `2025-10-27 00:00`. */
  show(moment: number): string {
    return showWall(this.wallAt(moment));
  }

  private block(time: number): Block {
    const index = Math.floor(time / blockMs);
    let block = this.blocks.get(index);
    if (block === undefined) this.blocks.set(index, (block = this.lookUp(index * blockMs)));
    return block;
  }

  private lookUp(from: number): Block {
    let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(from - marginMs).toZonedDateTimeISO(
      this.name,
    );
    const since = [-Infinity];
    const offset = [at.offsetNanoseconds / 1e6];
    for (;;) {
      at = at.getTimeZoneTransition('next');
      if (at === null || at.epochMilliseconds > from + blockMs + marginMs) return { since, offset };
      since.push(at.epochMilliseconds);
      offset.push(at.offsetNanoseconds / 1e6);
    }
  }
}

const zones = new Map<string, TimeZone>();

/** The zone of this name, letter case ignored; null where there is none: offsets such as `+02:00` are no zones. */
export function timeZone(name: string): TimeZone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const canonical = canonicalName(name);
  if (canonical === null) return null;
  const zone = zones.get(canonical) ?? new TimeZone(canonical);
  zones.set(canonical, zone);
  return zone;
}

function canonicalName(name: string): string | null {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return null;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return null;
  }
}
