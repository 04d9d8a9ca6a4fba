import { toWireTime } from '../common/wire-time.js';
import type { RuleViolationDto } from './rule-violations.dto.js';

/** A violation with the names of what it refers to. */
export interface RuleViolationView {
  readonly id: string;
  readonly createdAt: Date;
  readonly preflightCheckId: string;
  readonly productId: string;
  readonly productName: string;
  readonly versionId: string;
  readonly version: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly checkedAt: Date;
  /** As it was recorded with its verdict: in the words of the wire. */
  readonly violation: Pick<
    RuleViolationDto,
    'code' | 'message' | 'rule_id' | 'rule_name' | 'rule_type' | 'status' | 'retry_after' | 'details'
  > & { readonly override_id?: string };
}

export function toRuleViolationDto({ violation, ...view }: RuleViolationView): RuleViolationDto {
  return {
    id: view.id,
    code: violation.code,
    message: violation.message,
    rule_id: violation.rule_id,
    rule_name: violation.rule_name,
    rule_type: violation.rule_type,
    status: violation.status,
    retry_after: violation.retry_after,
    details: violation.details,
    override_id: violation.override_id ?? null,
    preflight_check_id: view.preflightCheckId,
    product_id: view.productId,
    product_name: view.productName,
    version_id: view.versionId,
    version: view.version,
    environment_id: view.environmentId,
    environment_name: view.environmentName,
    checked_at: toWireTime(view.checkedAt),
  };
}
