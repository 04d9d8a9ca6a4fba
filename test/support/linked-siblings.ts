import { Buckets } from '../../src/auth/rate-limit/buckets.js';
import type { GcraDecision } from '../../src/auth/rate-limit/gcra.js';
import { Clock } from '../../src/common/clock.js';
import { FleetMetrics } from '../../src/workers/fleet-metrics.js';
import { type Hit, Siblings } from '../../src/workers/siblings.js';

/** What the replicas of one process share, as workers do through their primary. */
export class LinkedSiblings extends Siblings {
  private constructor(
    private readonly all: LinkedSiblings[],
    private readonly buckets: Buckets,
    private readonly linkedAt: number,
  ) {
    super();
    all.push(this);
  }

  static link(count: number): LinkedSiblings[] {
    const all: LinkedSiblings[] = [];
    const clock = new Clock();
    const [buckets, now] = [new Buckets(clock), clock.monotonic()];
    return Array.from({ length: count }, () => new LinkedSiblings(all, buckets, now));
  }

  override get startedAt(): number {
    return this.linkedAt;
  }

  override async take(hit: Hit): Promise<GcraDecision> {
    return this.buckets.take(hit);
  }

  override async forgetCredentials(): Promise<void> {
    for (const one of this.all) one.answers.forgetCredentials?.();
  }

  override async metricsPage(): Promise<string> {
    const page = new FleetMetrics();
    for (const [index, { answers }] of this.all.entries()) page.note(index, (await answers.metrics?.()) ?? []);
    return page.render();
  }

  forgetHits(): void {
    this.buckets.clear();
  }
}
