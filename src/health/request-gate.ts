import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { Actor } from '../auth/actor.js';
import { Clock } from '../common/clock.js';
import { mayTakeLong } from '../common/http/long-request.js';
import { RequestLog } from '../common/logging/request-log.js';
import { Metrics } from '../metrics/metrics.js';
import { Readiness } from './readiness.js';
import { unavailable } from './unavailable.js';

/** Requests of one process that may be under way before new ones are turned away. */
const maxInFlight = 2_000;
/** No client waits longer than 5 s for an outage to be called one; this leaves time to say so (milliseconds). */
const patienceMs = 4_800;
/** What nginx writes, and every dashboard knows, for a client that did not wait for its answer. */
const clientClosedRequest = 499;

type ServedRequest = Request & { readonly requestId?: string; readonly actor?: Actor };

/**
 * Where each request comes in and goes out. In: requests are turned away with 503 while too many are under way or the
 * service is stopping; health checks and metrics always get through. Out: each is logged and counted once. Between: a
 * request that is not answered in time is answered 503, whatever it is waiting for, unless it may take long.
 */
@Injectable()
export class RequestGate implements NestMiddleware {
  private readonly inFlight = new Set<ServerResponse>();

  constructor(
    private readonly readiness: Readiness,
    private readonly clock: Clock,
    private readonly log: RequestLog,
    private readonly metrics: Metrics,
  ) {}

  /** How many requests are under way. */
  get count(): number {
    return this.inFlight.size;
  }

  use(request: ServedRequest, response: Response, next: NextFunction): void {
    const startedAt = this.clock.monotonic();
    const isProbe = /^\/+(health|metrics)(\/|\?|$)/.test(request.originalUrl);
    const obstacle = isProbe ? null : this.obstacle();
    const timer = setTimeout(() => this.giveUp(request, response, next), patienceMs);
    this.inFlight.add(response);
    response.once('close', () => {
      clearTimeout(timer);
      this.inFlight.delete(response);
      this.report(request, response, this.clock.monotonic() - startedAt);
    });
    if (this.readiness.isDraining) response.shouldKeepAlive = false;
    if (obstacle === null) next();
    else next(unavailable(obstacle));
  }

  /** From now on connections end with the answer that is under way on them. */
  endConnections(): void {
    for (const response of this.inFlight) response.shouldKeepAlive = false;
  }

  private obstacle(): string | null {
    if (this.readiness.isDraining) return 'The service is stopping';
    return this.inFlight.size >= maxInFlight ? 'Too many requests are under way' : null;
  }

  private giveUp(request: Request, response: Response, next: NextFunction): void {
    if (response.headersSent || mayTakeLong(response)) return;
    // A body that is still on its way is the client's time and not the service's; the server's own limits bound it.
    if (request.readableFlowing === true && !request.complete) {
      request.once('end', () => {
        const timer = setTimeout(() => this.giveUp(request, response, next), patienceMs);
        response.once('close', () => clearTimeout(timer));
      });
      return;
    }
    next(unavailable('No answer was ready in time'));
  }

  private report(request: ServedRequest, response: Response, durationMs: number): void {
    const aborted = !response.writableFinished;
    const status = aborted && !response.headersSent ? clientClosedRequest : response.statusCode;
    const route = routeOf(request);
    const bytes = Number(response.getHeader('content-length') ?? 0);
    this.log.write({ request, route, status, durationMs, bytes, aborted });
    this.metrics.observeRequest({ method: request.method, route, status, seconds: durationMs / 1_000 });
  }
}

function routeOf(request: Request): string {
  const path = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' && !path.includes('*') ? path : 'unmatched';
}
