import { gcra, type GcraDecision } from './gcra.js';

/** The buckets of this process, in bounded memory: the one that was left alone the longest makes room first. */
export class MemoryBuckets {
  private readonly fullAt = new Map<string, number>();

  /** @param capacity buckets kept; a bucket is about 200 bytes */
  constructor(private readonly capacity = 20_000) {}

  get size(): number {
    return this.fullAt.size;
  }

  take(key: string, nowUs: number, limitPerMinute: number): GcraDecision {
    const decision = gcra(this.fullAt.get(key) ?? null, nowUs, limitPerMinute);
    // Deleted and set again, so that the map's order is the order of use.
    if (!this.fullAt.delete(key)) this.makeRoom(nowUs);
    this.fullAt.set(key, decision.fullAt);
    return decision;
  }

  clear(): void {
    this.fullAt.clear();
  }

  /** A bucket that is full again need not be known. Two go for each that comes, so idle ones do not pile up. */
  private makeRoom(nowUs: number): void {
    let inspected = 0;
    for (const [key, fullAt] of this.fullAt) {
      const mustGo = this.fullAt.size >= this.capacity;
      if (!mustGo && (fullAt > nowUs || inspected === 2)) return;
      this.fullAt.delete(key);
      inspected++;
    }
  }
}
