import { toWireSecondsUp, toWireTime } from '../common/wire-time.js';
import type { AskedStart, DryRun } from '../deployments/dry-run.service.js';
import type { AskPreflightDto, DryRunDto, NeedDto } from './dry-run.dto.js';
import type { RuleEvaluatedDto, VerdictViolationDto } from './verdict.dto.js';
import type { Violation } from './verdict.js';
import { toRuleEvaluatedDto, toViolationDto } from './verdict.mapper.js';

const takenForRepeat =
  'Such a start would be taken for a repeat of one of the last ten minutes and start nothing anew: a new run must send an invoke_id of its own';

export function toAskedStart(body: AskPreflightDto): AskedStart {
  return {
    productName: body.product_name,
    version: body.version,
    environmentName: body.environment_name,
    deployedBy: body.deployed_by ?? null,
    deployedByEmail: body.deployed_by_email ?? null,
    at: body.at ?? null,
  };
}

export function toDryRunDto({ statusCode, judgement, faults, forecast }: DryRun): DryRunDto {
  const { verdict = null, override = null, warnings = [] } = judgement ?? {};
  const isRepeat = judgement === null && statusCode < 300;
  const blocking = verdict?.blocking ?? null;
  const fault = faults.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join('; ');
  return {
    allowed: statusCode < 300,
    status_code: statusCode,
    code: blocking?.code ?? null,
    message: blocking?.message ?? (fault || null),
    retry_after: blocking?.retryAfter ? toWireSecondsUp(blocking.retryAfter) : null,
    violations: (verdict?.violations ?? []).map(
      (one) => toViolationDto(one, override) as object as VerdictViolationDto,
    ),
    warnings: isRepeat ? [takenForRepeat] : [...warnings],
    rules_evaluated: (verdict?.rulesEvaluated ?? []).map(
      (one) => toRuleEvaluatedDto(one) as object as RuleEvaluatedDto,
    ),
    next_allowed_at: forecast.nextAllowedAt && toWireTime(forecast.nextAllowedAt),
    needs:
      fault === '' ? forecast.needs.map(toNeedDto) : [{ code: null, message: fault, rule_id: null, rule_name: null }],
    override_id: override?.id ?? null,
  };
}

function toNeedDto({ code, message, ruleId, ruleName }: Violation): NeedDto {
  return { code, message, rule_id: ruleId, rule_name: ruleName };
}
