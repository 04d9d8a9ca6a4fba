import type { DeploymentDto } from './deployment.dto.js';

/** A deployment as it is read: its row, the names it refers to, and when the next one took its place. */
export interface DeploymentView {
  readonly id: string;
  readonly productId: string;
  readonly productName: string;
  readonly versionId: string;
  readonly version: string;
  readonly environmentId: string;
  readonly environmentName: string;
  /** `aborted` for an open one that is stale. */
  readonly status: string;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  /** When a completed deployment counts from; null unless it completed. */
  readonly effectiveCompletedAt: Date | null;
  /** The effective completion of the next one in the same product and environment. */
  readonly replacedAt: Date | null;
  readonly deployedBy: string | null;
  readonly deployedByEmail: string | null;
  readonly deployedByName: string | null;
  readonly sourceSystem: string | null;
  readonly buildNumber: string | null;
  readonly buildUrl: string | null;
  readonly deployUrl: string | null;
  readonly invokeId: string | null;
  readonly scmSha: string | null;
  readonly scmBranch: string | null;
  readonly scmRepository: string | null;
  readonly preflightStatus: string | null;
  readonly extraMetadata: Record<string, unknown>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const millisecondsPerHour = 3_600_000;

/** The wire's deployment: the answer to an event and of every read. `now` ends the soak of what is still deployed. */
export function toDeploymentDto(row: DeploymentView, { now }: { readonly now: Date }): DeploymentDto {
  return {
    id: row.id,
    product_id: row.productId,
    product_name: row.productName,
    version_id: row.versionId,
    version: row.version,
    environment_id: row.environmentId,
    environment_name: row.environmentName,
    status: row.status,
    started_at: row.startedAt?.toISOString() ?? null,
    completed_at: row.completedAt?.toISOString() ?? null,
    deployed_at: (row.effectiveCompletedAt ?? row.startedAt ?? row.createdAt).toISOString(),
    deployed_by: row.deployedBy,
    deployed_by_email: row.deployedByEmail,
    deployed_by_name: row.deployedByName,
    source_system: row.sourceSystem,
    build_number: row.buildNumber,
    build_url: row.buildUrl,
    deploy_url: row.deployUrl,
    invoke_id: row.invokeId,
    scm_sha: row.scmSha,
    scm_branch: row.scmBranch,
    scm_repository: row.scmRepository,
    preflight_status: row.preflightStatus,
    soak_time_hours: soakTimeHours(row.effectiveCompletedAt, row.replacedAt ?? now),
    extra_metadata: row.extraMetadata,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** Hours from completion to `until`, to two decimals; null unless it completed. */
export function soakTimeHours(effectiveCompletedAt: Date | null, until: Date): number | null {
  if (effectiveCompletedAt === null) return null;
  const milliseconds = Math.max(0, until.getTime() - effectiveCompletedAt.getTime());
  return Math.round((milliseconds / millisecondsPerHour) * 100) / 100;
}
