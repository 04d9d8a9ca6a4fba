import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Env } from '../config/env.js';
import { MetricsMiddleware } from './metrics.middleware.js';
import { Metrics } from './metrics.js';
import { MetricsServer } from './metrics.server.js';

/** The numbers that every feature may add to, and where Prometheus reads them. */
@Global()
@Module({ providers: [Metrics, MetricsServer], exports: [Metrics] })
export class MetricsModule implements NestModule {
  constructor(private readonly env: Env) {}

  configure(consumer: MiddlewareConsumer): void {
    if (this.env.metricsToken !== null) consumer.apply(MetricsMiddleware).forRoutes('metrics');
  }
}
