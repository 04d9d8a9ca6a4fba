import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { BackgroundJobs } from '../background-jobs.js';
import { IdempotencyGuard } from './idempotency.guard.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { UnknownRouteController } from './unknown-route.controller.js';

const hourMs = 3_600_000;

/** What every request meets, whatever its feature. */
@Module({ controllers: [UnknownRouteController], providers: [IdempotencyGuard, IdempotencyRepository] })
export class HttpModule implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly keys: IdempotencyRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.start('delete old idempotency keys', hourMs, () => this.keys.deleteOld());
  }
}
