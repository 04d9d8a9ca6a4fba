import type { Clock } from '../../common/clock.js';
import type { Hit } from '../../workers/siblings.js';
import type { GcraDecision } from './gcra.js';
import { MemoryBuckets } from './memory-buckets.js';

/** Buckets in this process, by kind, so that a flood of addresses cannot push out the buckets of credentials. */
export class Buckets {
  private readonly byKind = new Map<string, MemoryBuckets>();

  constructor(private readonly clock: Clock) {}

  take({ kind, key, limitPerMinute }: Hit): GcraDecision {
    let buckets = this.byKind.get(kind);
    if (buckets === undefined) this.byKind.set(kind, (buckets = new MemoryBuckets()));
    return buckets.take(key, Math.floor(this.clock.monotonic() * 1_000), limitPerMinute);
  }

  clear(): void {
    this.byKind.clear();
  }
}
