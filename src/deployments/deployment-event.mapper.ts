import type { DeploymentEventDto } from './deployment-event.dto.js';
import type { DeploymentEvent } from './deployment-event.js';
import { normalizeStatus } from './normalize-status.js';
import { storableJson } from './storable-json.js';

/** The body of an event, validated, as the domain reads it. `sent` is the same body as it came. */
export function toDeploymentEvent(body: DeploymentEventDto, sent: Readonly<Record<string, unknown>>): DeploymentEvent {
  const { preflight_status: _ours, ...extraMetadata } = body.extra_metadata ?? {};
  return {
    productName: body.product_name,
    version: body.version,
    environmentName: body.environment_name,
    status: normalizeStatus('deployment', body.status)!,
    sourceSystem: body.source_system ?? null,
    buildNumber: body.build_number ?? null,
    buildUrl: body.build_url ?? null,
    deployUrl: body.deploy_url ?? null,
    invokeId: body.invoke_id ?? null,
    scmSha: body.scm_sha ?? null,
    scmBranch: body.scm_branch ?? null,
    scmRepository: body.scm_repository ?? null,
    deployedBy: body.deployed_by ?? null,
    deployedByEmail: body.deployed_by_email ?? null,
    deployedByName: body.deployed_by_name ?? null,
    startedAt: body.started_at ?? null,
    completedAt: body.completed_at ?? null,
    extraMetadata,
    skipPreflightChecks: body.skip_preflight_checks ?? false,
    runAttempt: runAttemptOf(extraMetadata),
    payload: storableJson(sent),
  };
}

/** CI actions send it as a string or a number. */
export function runAttemptOf({ vi_gh_run_attempt: attempt }: Readonly<Record<string, unknown>>): string | null {
  return typeof attempt === 'string' || typeof attempt === 'number' ? String(attempt) : null;
}
