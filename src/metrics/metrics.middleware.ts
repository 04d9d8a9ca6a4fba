import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { NotFoundError, UnauthenticatedError } from '../common/errors/request.errors.js';
import { Env } from '../config/env.js';
import { Metrics } from './metrics.js';
import { carriesToken } from './metrics-token.js';

/** `GET /metrics` on the service's own port, for those who hold `METRICS_TOKEN`. Without that variable it is not there. */
@Injectable()
export class MetricsMiddleware implements NestMiddleware {
  constructor(
    private readonly env: Env,
    private readonly metrics: Metrics,
  ) {}

  async use(request: Request, response: Response, _next: NextFunction): Promise<void> {
    if (!carriesToken(request.headers.authorization, this.env.metricsToken ?? '')) throw new UnauthenticatedError();
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new NotFoundError();
    // For the log, which names routes and not paths; a middleware has none of its own.
    request.route = { path: '/metrics' };
    response
      .set('Cache-Control', 'no-store')
      .type(this.metrics.contentType)
      .send(await this.metrics.render());
  }
}
