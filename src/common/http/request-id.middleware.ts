import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** What a log and a header can carry without escaping. */
const sane = /^[A-Za-z0-9._:-]{1,128}$/;

/** Gives every request an id, the caller's own if it sent a sane one, and every answer the same as `X-Request-Id`. */
export function requestId(request: Request & { requestId?: string }, response: Response, next: NextFunction): void {
  const sent = request.headers['x-request-id'];
  request.requestId = typeof sent === 'string' && sane.test(sent) ? sent : randomUUID();
  response.setHeader('X-Request-Id', request.requestId);
  next();
}
