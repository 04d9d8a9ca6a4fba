import { toWireSecondsUp, toWireTime } from '../common/wire-time.js';
import type { RuleDefinitionDto } from '../rules/rule.dto.js';
import { toRuleDefinitionDto } from '../rules/rule.mapper.js';
import type {
  PreflightCheckDetailsDto,
  PreflightCheckDto,
  ReplayDto,
  ReplayedVerdictDto,
  StoodRuleDto,
} from './preflight-checks.dto.js';
import type { ComparedVerdict, RecordedAttempt, Replay } from './replay.js';
import type { RuleEvaluatedDto, VerdictViolationDto } from './verdict.dto.js';

/** A recorded attempt with the names that it refers to. */
export interface PreflightCheckView {
  readonly id: string;
  /** When it was checked. */
  readonly createdAt: Date;
  readonly outcome: string;
  readonly statusCode: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly retryAfter: Date | null;
  readonly productId: string;
  readonly productName: string;
  readonly versionId: string;
  readonly version: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly deploymentId: string | null;
  readonly invokeId: string | null;
  readonly deployedBy: string | null;
  readonly deployedByEmail: string | null;
  readonly deployedByName: string | null;
  readonly policyRevision: number;
  /** As they were told then, in the words of the wire. */
  readonly violations: VerdictViolationDto[];
  readonly rulesEvaluated: RuleEvaluatedDto[];
}

/** The same with everything that decided it. */
export interface PreflightCheckDetails extends PreflightCheckView {
  readonly facts: Record<string, unknown>;
  readonly rules: readonly {
    readonly ruleId: string;
    readonly revision: number;
    /** As the API takes it. */
    readonly definition: Pick<RuleDefinitionDto, keyof RuleDefinitionDto>;
  }[];
}

export function toPreflightCheckDto(check: PreflightCheckView): PreflightCheckDto {
  return {
    id: check.id,
    outcome: check.outcome,
    allowed: check.outcome !== 'blocked' && check.outcome !== 'failed',
    status_code: check.statusCode,
    code: check.code,
    message: check.message,
    retry_after: check.retryAfter && toWireSecondsUp(check.retryAfter),
    product_id: check.productId,
    product_name: check.productName,
    version_id: check.versionId,
    version: check.version,
    environment_id: check.environmentId,
    environment_name: check.environmentName,
    deployment_id: check.deploymentId,
    invoke_id: check.invokeId,
    deployed_by: check.deployedBy,
    deployed_by_email: check.deployedByEmail,
    deployed_by_name: check.deployedByName,
    policy_revision: check.policyRevision,
    violations: check.violations,
    rules_evaluated: check.rulesEvaluated,
    without_start: isWithoutStart(check),
    checked_at: toWireTime(check.createdAt),
  };
}

export function toPreflightCheckDetailsDto(check: PreflightCheckDetails): PreflightCheckDetailsDto {
  return Object.assign(toPreflightCheckDto(check), { facts: check.facts, rules: check.rules.map(toStoodRuleDto) });
}

/** What a replay needs of a recorded attempt. */
export function toRecordedAttempt(check: PreflightCheckDetails): RecordedAttempt {
  const { statusCode, code, message, retryAfter, violations, facts, rules } = check;
  return {
    verdict: { statusCode, code, message, retryAfter: retryAfter && toWireSecondsUp(retryAfter), violations },
    withoutStart: isWithoutStart(check),
    facts,
    rules: rules.map(({ ruleId, revision, definition }) => ({ ...definition, id: ruleId, revision })),
  };
}

export function toReplayDto({ verdict }: RecordedAttempt, { same, replayed }: Replay): ReplayDto {
  return { same, recorded: toReplayedVerdictDto(verdict), replayed: toReplayedVerdictDto(replayed) };
}

function isWithoutStart({ outcome }: PreflightCheckView): boolean {
  return outcome === 'skipped' || outcome === 'failed';
}

function toStoodRuleDto({ ruleId, revision, definition }: PreflightCheckDetails['rules'][number]): StoodRuleDto {
  const rule = toRuleDefinitionDto({ ...definition, environmentTypes: definition.environment_types });
  return Object.assign(rule, { rule_id: ruleId, revision });
}

function toReplayedVerdictDto({
  statusCode,
  code,
  message,
  retryAfter,
  violations,
}: ComparedVerdict): ReplayedVerdictDto {
  return {
    status_code: statusCode,
    code,
    message,
    retry_after: retryAfter,
    violations: [...violations] as VerdictViolationDto[],
  };
}
