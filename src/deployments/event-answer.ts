import { type BlockedBody, DeploymentBlockedError } from '../common/errors/deployment-blocked.error.js';
import { toWireSecondsUp } from '../common/wire-time.js';
import { blockCodes, type Verdict } from '../preflight/verdict.js';
import { toViolationDto } from '../preflight/verdict.mapper.js';
import type { CellFacts } from './cell-facts.js';
import type { Outcome } from './decide-event.js';
import type { Deployment } from './deployment.js';
import type { DeploymentDto } from './deployment.dto.js';
import { type DeploymentView, toDeploymentDto } from './deployment.mapper.js';
import type { CellNames } from './plan-event.js';

/** A 2xx answer to an event. */
export interface EventAnswer {
  readonly statusCode: 200 | 201;
  /** Of what was created. */
  readonly location: string | null;
  readonly body: DeploymentDto;
}

interface Told {
  readonly names: CellNames;
  readonly version: string;
  readonly facts: CellFacts;
}

/** What the pipeline is told: the deployment, the attempt that was blocked, or why this one is blocked. */
export function answerOf(outcome: Outcome, told: Told): EventAnswer | DeploymentBlockedError {
  if (outcome.kind === 'blocked') return blockedError(outcome.verdict, outcome.checkId, told.names);
  if (outcome.kind === 'attempt') return { statusCode: 200, location: null, body: attemptDto(outcome, told) };
  const body = toDeploymentDto(viewOf(outcome.deployment, told), { now: told.facts.now });
  return outcome.opened
    ? { statusCode: 201, location: `/deployments/${body.id}`, body }
    : { statusCode: 200, location: null, body };
}

function attemptDto({ check, deployment }: Outcome & { kind: 'attempt' }, told: Told): DeploymentDto {
  const preflightStatus = {
    status: 'blocked',
    checked_at: check.checkedAt.toISOString(),
    warnings: [],
    rules_evaluated: check.rulesEvaluated,
  };
  const view: DeploymentView = {
    ...viewOf(deployment, told),
    id: check.id,
    effectiveCompletedAt: null,
    preflightStatus: 'blocked',
    extraMetadata: { ...deployment.extraMetadata, preflight_status: preflightStatus },
  };
  return toDeploymentDto(view, { now: told.facts.now });
}

function viewOf(
  deployment: Deployment & { replacedAt?: Date | null },
  { names, version, facts }: Told,
): DeploymentView {
  return {
    ...deployment,
    version,
    productName: names.productName,
    environmentName: names.environmentName,
    replacedAt: deployment.replacedAt ?? facts.nextCompletedAt,
  };
}

function blockedError(verdict: Verdict, checkId: string, names: CellNames): DeploymentBlockedError {
  const violation = verdict.blocking!;
  const body: BlockedBody = {
    error: 'deployment_blocked',
    message: violation.message,
    code: violation.code,
    ...(violation.retryAfter === null ? {} : { retry_after: toWireSecondsUp(violation.retryAfter) }),
    details: {
      ...violation.details,
      rule_id: violation.ruleId,
      rule_name: violation.ruleName,
      rule_type: violation.ruleType,
      preflight_check_id: checkId,
      product_id: names.productId,
      version_id: names.versionId,
      environment_id: names.environmentId,
      violations: verdict.violations.map((one) => toViolationDto(one)),
    },
  };
  const seconds =
    violation.retryAfter && Math.ceil((violation.retryAfter.getTime() - verdict.checkedAt.getTime()) / 1000);
  return new DeploymentBlockedError(blockCodes[violation.code], body, seconds);
}
