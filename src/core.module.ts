import { type DynamicModule, Global, Module } from '@nestjs/common';
import { BackgroundJobs } from './common/background-jobs.js';
import { Caches } from './common/caches.js';
import { Clock } from './common/clock.js';
import { Env } from './config/env.js';
import { Siblings } from './workers/siblings.js';

/**
 * What every feature may inject: the configuration, the clock, the caches, the jobs beside the requests, and the other
 * processes of the service.
 */
@Global()
@Module({})
export class CoreModule {
  static with({ env, clock, siblings }: { env: Env; clock: Clock; siblings: Siblings }): DynamicModule {
    return {
      module: CoreModule,
      providers: [
        { provide: Env, useValue: env },
        { provide: Clock, useValue: clock },
        { provide: Siblings, useValue: siblings },
        BackgroundJobs,
        Caches,
      ],
      exports: [Env, Clock, Siblings, BackgroundJobs, Caches],
    };
  }
}
