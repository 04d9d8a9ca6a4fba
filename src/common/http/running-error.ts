import { ConflictError } from '../errors/conflict.error.js';
import { DeploymentBlockedError } from '../errors/deployment-blocked.error.js';
import type { DomainError } from '../errors/domain-error.js';

const message = 'A request with this Idempotency-Key is being processed';
const retryAfterSeconds = 1;

/**
 * 409 while the first request with a key is running. On `/deployment-events` it has the pre-flight shape, as every 409
 * there: what reads those answers reads nothing else.
 */
export function runningError(path: string): DomainError {
  if (path !== '/deployment-events')
    return new ConflictError(message, {}, { 'Retry-After': String(retryAfterSeconds) });
  const details = { rule_id: null, rule_name: null, rule_type: null, violations: [] };
  return new DeploymentBlockedError(
    409,
    { error: 'deployment_blocked', message, code: 'IDEMPOTENT_REQUEST_IN_PROGRESS', details },
    retryAfterSeconds,
  );
}
