import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { version } from '../common/version.js';
import type { HealthDto, LivenessDto, ReadinessDto } from './health.dto.js';
import { Siblings } from '../workers/siblings.js';
import { Readiness } from './readiness.js';
import { unavailable } from './unavailable.js';

/** What the health routes say. None of it depends on who asks, and none of it is secret. */
@Injectable()
export class HealthService {
  private readonly startedAt: number;

  constructor(
    private readonly readiness: Readiness,
    private readonly clock: Clock,
    siblings: Siblings,
  ) {
    this.startedAt = siblings.startedAt ?? clock.monotonic();
  }

  /** @throws UnavailableError while the service is not ready */
  async summary(): Promise<HealthDto> {
    await this.ready();
    const uptime_seconds = Math.floor((this.clock.monotonic() - this.startedAt) / 1_000);
    return { status: 'ok', version, database: 'up', uptime_seconds };
  }

  live(): LivenessDto {
    return { status: 'alive' };
  }

  /** @throws UnavailableError while requests should go elsewhere */
  async ready(): Promise<ReadinessDto> {
    const obstacle = await this.readiness.obstacle();
    if (obstacle !== null) throw unavailable(obstacle);
    return { status: 'ready' };
  }
}
