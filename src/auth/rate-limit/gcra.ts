/** What the generic cell rate algorithm decided about one hit. Times are whole microseconds of one clock. */
export interface GcraDecision {
  readonly allowed: boolean;
  /** The moment of the hit. */
  readonly at: number;
  /** Hits that would be allowed at this very moment, after this one. */
  readonly remaining: number;
  /** The theoretical arrival time to keep for the bucket: at that moment the bucket is full again. */
  readonly fullAt: number;
  /** When the next hit will be allowed: now, while there is something left. */
  readonly freeAt: number;
}

const minuteUs = 60_000_000;

/** The highest limit that may be set; counting in whole microseconds would carry sixty times that. */
export const highestLimitPerMinute = 1_000_000;

/**
 * Decides one hit on a bucket of `limitPerMinute` hits that refills evenly: one hit every `60 s / limit`. A refused
 * hit costs nothing, so that whoever waits as told gets in.
 *
 * Whole microseconds are exact in a double, since the epoch until the year 2255, so a bucket of 7 holds exactly 7.
 *
 * @param kept the `fullAt` of the hit before, null for a bucket that is not known (and so is full)
 */
export function gcra(kept: number | null, nowUs: number, limitPerMinute: number): GcraDecision {
  const interval = emissionInterval(limitPerMinute);
  const capacity = interval * limitPerMinute;
  // A clock that was set back, or a limit that was raised, must not lock a bucket for longer than it takes to refill.
  const arrival = Math.min(Math.max(kept ?? nowUs, nowUs), nowUs + capacity);
  const next = arrival + interval;
  const allowed = next - capacity <= nowUs;
  const fullAt = allowed ? next : arrival;
  return {
    allowed,
    at: nowUs,
    remaining: Math.floor((nowUs + capacity - fullAt) / interval),
    fullAt,
    freeAt: Math.max(nowUs, fullAt + interval - capacity),
  };
}

/** Microseconds in which one hit comes back. */
export function emissionInterval(limitPerMinute: number): number {
  return Math.max(1, Math.floor(minuteUs / limitPerMinute));
}
