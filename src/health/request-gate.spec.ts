import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Clock } from '../common/clock.js';
import { UnavailableError } from '../common/errors/request.errors.js';
import { asLongRequest } from '../common/http/long-request.js';
import type { AnsweredRequest, RequestLog } from '../common/logging/request-log.js';
import type { DatabaseProbe } from '../database/database-probe.js';
import type { Metrics } from '../metrics/metrics.js';
import { Readiness } from './readiness.js';
import { RequestGate } from './request-gate.js';

type Use = RequestGate['use'];

interface Visit {
  readonly request: EventEmitter & { complete: boolean; readableFlowing: boolean | null };
  readonly response: EventEmitter & { headersSent: boolean; writableFinished: boolean; shouldKeepAlive: boolean };
  readonly next: jest.Mock;
}

describe('RequestGate', () => {
  let readiness: Readiness;
  let gate: RequestGate;
  let logged: AnsweredRequest[];

  beforeEach(() => {
    jest.useFakeTimers();
    logged = [];
    readiness = new Readiness({ state: async () => 'up' } as unknown as DatabaseProbe);
    const log = { write: (line: AnsweredRequest) => void logged.push(line) } as unknown as RequestLog;
    const metrics = { observeRequest: () => undefined } as unknown as Metrics;
    gate = new RequestGate(readiness, new Clock(), log, metrics);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  function enter(originalUrl = '/deployments/'): Visit {
    const request = {
      method: 'GET',
      originalUrl,
      route: { path: '/deployments' },
      complete: true,
      readableFlowing: null,
    };
    const response = {
      statusCode: 200,
      headersSent: false,
      writableFinished: true,
      shouldKeepAlive: true,
      getHeader: () => '12',
    };
    const visit = {
      request: Object.assign(new EventEmitter(), request),
      response: Object.assign(new EventEmitter(), response),
      next: jest.fn(),
    };
    gate.use(
      visit.request as unknown as Parameters<Use>[0],
      visit.response as unknown as Parameters<Use>[1],
      visit.next,
    );
    return visit;
  }

  it('lets requests in, and reports each once when it ends', () => {
    const { response, next } = enter();
    expect(next).toHaveBeenCalledWith();
    expect([gate.count, logged]).toEqual([1, []]);
    response.emit('close');
    expect(gate.count).toBe(0);
    expect(logged).toMatchObject([{ route: '/deployments', status: 200, bytes: 12, aborted: false }]);
  });

  it('turns requests away while too many are under way, but never a health check', () => {
    const first = enter();
    while (gate.count < 2_000) enter();
    expect(enter().next).toHaveBeenCalledWith(expect.any(UnavailableError));
    expect(enter('/health/ready').next).toHaveBeenCalledWith();
    for (const excess of [enter(), enter()]) excess.response.emit('close');
    first.response.emit('close');
    expect(enter('/healthy').next).toHaveBeenCalledWith(expect.any(UnavailableError));
  });

  it('ends connections and turns requests away while the service stops', () => {
    const before = enter();
    readiness.drain();
    gate.endConnections();
    const after = enter();
    expect(before.next).toHaveBeenCalledWith();
    expect(after.next).toHaveBeenCalledWith(expect.any(UnavailableError));
    expect([before.response.shouldKeepAlive, after.response.shouldKeepAlive]).toEqual([false, false]);
  });

  it('gives a request up that gets no answer, whatever it waits for', () => {
    const { next, response } = enter();
    jest.advanceTimersByTime(4_800);
    expect(next.mock.calls).toEqual([[], [expect.any(UnavailableError)]]);
    response.emit('close');
    jest.advanceTimersByTime(10_000);
    expect(next).toHaveBeenCalledTimes(2);
  });

  it('lets an answer that has begun run on', () => {
    const { next, response } = enter();
    response.headersSent = true;
    jest.advanceTimersByTime(10_000);
    expect(next).toHaveBeenCalledTimes(1);
  });

  it('lets a request that may take long run on, and tells it when the client has hung up', () => {
    const { next, response } = enter();
    const hungUp = asLongRequest(response as unknown as Parameters<typeof asLongRequest>[0]);
    jest.advanceTimersByTime(60_000);
    expect(next).toHaveBeenCalledTimes(1);
    expect(hungUp.aborted).toBe(false);
    response.emit('close');
    expect(hungUp.aborted).toBe(true);
  });

  it("does not count the time in which the client sends its body against the service's", () => {
    const { request, next } = enter();
    request.complete = false;
    request.readableFlowing = true;
    jest.advanceTimersByTime(10_000);
    expect(next).toHaveBeenCalledTimes(1);
    request.complete = true;
    request.emit('end');
    jest.advanceTimersByTime(4_800);
    expect(next).toHaveBeenLastCalledWith(expect.any(UnavailableError));
  });

  it('reports a client that did not wait as 499', () => {
    const { response } = enter();
    response.writableFinished = false;
    response.emit('close');
    expect(logged).toMatchObject([{ status: 499, aborted: true }]);
  });
});
