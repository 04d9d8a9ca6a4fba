import type { Server } from 'node:http';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { Readiness } from './readiness.js';
import { RequestGate } from './request-gate.js';

export interface GracefulStopOptions {
  /** After this the stop is over, whatever is still under way (milliseconds). */
  readonly timeoutMs: number;
  /**
   * How long new requests are still answered, with 503 and `Connection: close`, before the port is closed: time for a
   * load balancer to look elsewhere (milliseconds; default 0).
   */
  readonly lingerMs?: number;
}

/**
 * Stops a service that may be under load, in this order: not ready; no new requests; what was accepted is answered;
 * what is kept in memory is written (the modules' shutdown hooks); the database connections are closed.
 */
export async function gracefulStop(
  app: INestApplication,
  { timeoutMs, lingerMs = 0 }: GracefulStopOptions,
): Promise<void> {
  const server = app.getHttpServer() as Server;
  let timer: NodeJS.Timeout | undefined;
  const outOfTime = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      server.closeAllConnections();
      resolve();
    }, timeoutMs);
  });
  await Promise.race([stop(app, server, lingerMs), outOfTime]);
  clearTimeout(timer);
}

async function stop(app: INestApplication, server: Server, lingerMs: number): Promise<void> {
  app.get(Readiness, { strict: false }).drain();
  app.get(RequestGate, { strict: false }).endConnections();
  // Requests that were already on the wire when the stop began are read, and answered, before connections are closed.
  await (lingerMs > 0 ? delay(lingerMs) : nextTurn());
  if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  await app.close();
}
