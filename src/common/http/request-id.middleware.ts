import type { NextFunction, Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';

/** What a log and a header can carry without escaping. */
const sane = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * Gives every request an id, the caller's own if it sent a sane one, and every answer the same as `X-Request-Id`. Ids of the
 * service's own are in the order of time: the audit log's index of them grows at its end, which costs an event least.
 */
export function requestId(request: Request & { requestId?: string }, response: Response, next: NextFunction): void {
  const sent = request.headers['x-request-id'];
  request.requestId = typeof sent === 'string' && sane.test(sent) ? sent : uuidv7();
  response.setHeader('X-Request-Id', request.requestId);
  next();
}
