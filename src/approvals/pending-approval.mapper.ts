import { toWireTime } from '../common/wire-time.js';
import type {
  PendingApprovalDto,
  PendingCallDto,
  PendingDifferenceDto,
  PendingRuleDto,
} from './pending-approval.dto.js';
import type { BlockedAttempt, PendingDetails } from './pending-approvals.repository.js';
import type { AskedDecision, Help } from './what-helps.js';

/** A version that waits for somebody in an environment, with what they must know. */
export type PendingView = BlockedAttempt & PendingDetails & { readonly help: readonly Help[] };

export function toPendingApprovalDto(pending: PendingView): PendingApprovalDto {
  const { running } = pending;
  return {
    preflight_check_id: pending.id,
    product_id: pending.productId,
    product_name: pending.productName,
    version_id: pending.versionId,
    version: pending.version,
    scm_sha: pending.scmSha,
    scm_branch: pending.scmBranch,
    scm_repository: pending.scmRepository,
    build_url: pending.buildUrl,
    environment_id: pending.environmentId,
    environment_name: pending.environmentName,
    environment_type: pending.environmentType,
    asked: {
      at: toWireTime(pending.createdAt),
      deployed_by: pending.deployedBy,
      deployed_by_email: pending.deployedByEmail,
      deployed_by_name: pending.deployedByName,
      deploy_url: pending.deployUrl,
    },
    running: running && { ...running, deployed_at: toWireTime(new Date(running.deployed_at)) },
    difference: toDifference(pending),
    missing: pending.help.map(toRuleDto),
    calls: callsOf(pending),
  };
}

function toDifference({
  running,
  version,
  versionId,
  scmSha,
  goesBack,
  betweenCount,
  between,
}: PendingView): PendingDifferenceDto {
  const direction =
    running === null ? 'first' : running.version_id === versionId ? 'none' : goesBack ? 'back' : 'forward';
  return {
    direction,
    from_version: running?.version ?? null,
    from_sha: running?.scm_sha ?? null,
    to_version: version,
    to_sha: scmSha,
    versions_between_count: betweenCount,
    versions_between: between.map((one) => ({ ...one, created_at: toWireTime(new Date(one.created_at)) })),
  };
}

function toRuleDto({ rule, finding: { code, message, details } }: Help): PendingRuleDto {
  const list = (key: string) => [...((details[key] as readonly string[] | undefined) ?? [])];
  return {
    rule_id: rule.id!,
    rule_name: rule.name,
    code,
    message: rule.message ?? message,
    required_approvals: (details['required_approvals'] as number | undefined) ?? null,
    current_approvals: (details['current_approvals'] as number | undefined) ?? null,
    approver_roles: list('approver_roles'),
    required_approval_types: list('required_approval_types'),
    missing_approval_types: list('missing_approval_types'),
    prerequisite_environment: (details['prerequisite_environment'] as string | undefined) ?? null,
  };
}

/** The calls that would count, each once, whichever rules ask for it. */
function callsOf({ versionId, scmSha, help }: PendingView): PendingCallDto[] {
  const asked = new Map<string, AskedDecision>();
  for (const one of help.flatMap(({ decisions }) => decisions)) asked.set(`${one.type} ${one.environmentId}`, one);
  return [...asked.values()].map(({ type, environmentName }) => ({
    method: 'POST',
    path: `/versions/${versionId}/approvals`,
    body: { decision: 'approved', environment: environmentName, approval_type: type, scm_sha: scmSha },
  }));
}
