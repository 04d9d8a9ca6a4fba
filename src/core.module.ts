import { type DynamicModule, Global, Module } from '@nestjs/common';
import { BackgroundJobs } from './common/background-jobs.js';
import { Caches } from './common/caches.js';
import { Clock } from './common/clock.js';
import { Env } from './config/env.js';

/** What every feature may inject: the configuration, the clock, the caches and the jobs beside the requests. */
@Global()
@Module({})
export class CoreModule {
  static with({ env, clock }: { env: Env; clock: Clock }): DynamicModule {
    return {
      module: CoreModule,
      providers: [{ provide: Env, useValue: env }, { provide: Clock, useValue: clock }, BackgroundJobs, Caches],
      exports: [Env, Clock, BackgroundJobs, Caches],
    };
  }
}
