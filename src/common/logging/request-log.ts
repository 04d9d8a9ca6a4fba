import { Injectable } from '@nestjs/common';
import type { Actor } from '../../auth/actor.js';
import { isError } from '../errors/is-error.js';
import { PinoLogger } from './pino-logger.js';
import { failureOf } from './request-failure.js';

/** What is known of a request once it has been answered, or its client has gone. */
export interface AnsweredRequest {
  readonly request: object & { readonly method: string; readonly requestId?: string; readonly actor?: Actor };
  /** The pattern of the route: paths hold names, and query strings may hold secrets. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly bytes: number;
  /** The client went away before it had the whole answer. */
  readonly aborted: boolean;
}

/**
 * One line per request. A fault of the service is an error, with its stack; an outage is a warning with its cause in
 * a few words, since there may be thousands of them. What a 403 does not tell the client stands here: the permission
 * that was not held.
 */
@Injectable()
export class RequestLog {
  constructor(private readonly logger: PinoLogger) {}

  write({ request, route, status, durationMs, bytes, aborted }: AnsweredRequest): void {
    const { pino } = this.logger;
    const level = status === 500 ? 'error' : status > 500 ? 'warn' : 'info';
    if (!pino.isLevelEnabled(level)) return;
    const { actor } = request;
    pino[level](
      {
        request_id: request.requestId,
        account: actor?.accountSlug,
        credential_id: actor?.credentialId,
        method: request.method,
        route,
        status,
        duration_ms: Math.round(durationMs * 10) / 10,
        bytes,
        aborted: aborted || undefined,
        ...(status < 500 && status !== 403 ? undefined : describeFailure(status, failureOf(request))),
      },
      'request',
    );
  }
}

function describeFailure(status: number, failure: unknown): { err?: unknown; reason?: string } {
  if (failure === undefined) return {};
  return status === 500 ? { err: failure } : { reason: rootOf(failure) };
}

function rootOf(failure: unknown): string {
  let root = failure;
  while (isError(root) && isError(root.cause)) root = root.cause;
  return isError(root) ? root.message.replace(/\s+/g, ' ').slice(-300) || root.name : String(root);
}
