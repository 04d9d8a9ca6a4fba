import type { Deployment } from './deployment.js';

/** A row of `deployments` as JSON carries it: snake_case, times as text. */
export type DeploymentColumns = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | null => (value as string | null | undefined) ?? null;
const time = (value: unknown): Date | null => (value == null ? null : new Date(value as string));

/** The columns of a deployment, for `json_to_recordset`. */
export function toColumns(deployment: Deployment): DeploymentColumns {
  return {
    id: deployment.id,
    product_id: deployment.productId,
    version_id: deployment.versionId,
    environment_id: deployment.environmentId,
    status: deployment.status,
    end_reason: deployment.endReason,
    source_system: deployment.sourceSystem,
    build_number: deployment.buildNumber,
    build_url: deployment.buildUrl,
    deploy_url: deployment.deployUrl,
    invoke_id: deployment.invokeId,
    scm_sha: deployment.scmSha,
    scm_branch: deployment.scmBranch,
    scm_repository: deployment.scmRepository,
    deployed_by: deployment.deployedBy,
    deployed_by_email: deployment.deployedByEmail,
    deployed_by_name: deployment.deployedByName,
    preflight_status: deployment.preflightStatus,
    started_at: deployment.startedAt,
    completed_at: deployment.completedAt,
    start_received_at: deployment.startReceivedAt,
    last_event_at: deployment.lastEventAt,
    effective_completed_at: deployment.effectiveCompletedAt,
    extra_metadata: deployment.extraMetadata,
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
  };
}

/** The reverse of `toColumns`. */
export function fromColumns(row: DeploymentColumns): Deployment {
  return {
    id: row['id'] as string,
    productId: row['product_id'] as string,
    versionId: row['version_id'] as string,
    environmentId: row['environment_id'] as string,
    status: row['status'] as Deployment['status'],
    endReason: text(row['end_reason']) as Deployment['endReason'],
    sourceSystem: text(row['source_system']),
    buildNumber: text(row['build_number']),
    buildUrl: text(row['build_url']),
    deployUrl: text(row['deploy_url']),
    invokeId: text(row['invoke_id']),
    scmSha: text(row['scm_sha']),
    scmBranch: text(row['scm_branch']),
    scmRepository: text(row['scm_repository']),
    deployedBy: text(row['deployed_by']),
    deployedByEmail: text(row['deployed_by_email']),
    deployedByName: text(row['deployed_by_name']),
    preflightStatus: text(row['preflight_status']) as Deployment['preflightStatus'],
    startedAt: time(row['started_at']),
    completedAt: time(row['completed_at']),
    startReceivedAt: time(row['start_received_at']),
    lastEventAt: time(row['last_event_at'])!,
    effectiveCompletedAt: time(row['effective_completed_at']),
    extraMetadata: (row['extra_metadata'] as Record<string, unknown> | null) ?? {},
    createdAt: time(row['created_at'])!,
    updatedAt: time(row['updated_at'])!,
  };
}
