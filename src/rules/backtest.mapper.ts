import { toWireSecondsUp, toWireTime } from '../common/wire-time.js';
import type { Violation } from '../preflight/verdict.js';
import type { PastAttempt } from './backtest.repository.js';
import type { BacktestedAttemptDto } from './backtest.dto.js';

/** @param violation what the rule would have said of the attempt */
export function toBacktestedAttemptDto(attempt: PastAttempt, violation: Violation): BacktestedAttemptDto {
  return {
    preflight_check_id: attempt.id,
    product_name: attempt.productName,
    version: attempt.version,
    environment_name: attempt.environmentName,
    checked_at: toWireTime(attempt.checkedAt),
    deployed_by: attempt.deployedBy,
    code: violation.code,
    message: violation.message,
    retry_after: violation.retryAfter && toWireSecondsUp(violation.retryAfter),
    without_start: attempt.outcome === 'skipped' || attempt.outcome === 'failed',
    outcome: attempt.outcome,
  };
}
