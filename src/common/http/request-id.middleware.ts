import type { NextFunction, Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { redactSecrets } from '../logging/redact-secrets.js';

/** What a log and a header can carry without escaping. */
const plain = /^[A-Za-z0-9._:-]{1,128}$/;

/** A credential in the wrong header is none: ids are kept in the audit log, for good. */
const isSane = (sent: string): boolean => plain.test(sent) && redactSecrets(sent) === sent;

/**
 * Gives every request an id, the caller's own if it sent a sane one, and every answer the same as `X-Request-Id`. Ids of the
 * service's own are in the order of time: the audit log's index of them grows at its end, which costs an event least.
 */
export function requestId(request: Request & { requestId?: string }, response: Response, next: NextFunction): void {
  const sent = request.headers['x-request-id'];
  request.requestId = typeof sent === 'string' && isSane(sent) ? sent : uuidv7();
  response.setHeader('X-Request-Id', request.requestId);
  next();
}
