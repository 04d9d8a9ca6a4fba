import { type ApprovalView, toApprovalDto } from '../approvals/approval.mapper.js';
import { type BuildView, toBuildDto } from '../builds/build.mapper.js';
import type { DeployedInDto, VersionDetailsDto, VersionDto } from './version.dto.js';

/** A version as it is read: its row and the name of its product. */
export interface VersionView {
  readonly id: string;
  readonly productId: string;
  readonly productName: string;
  readonly version: string;
  readonly scmSha: string | null;
  readonly scmBranch: string | null;
  readonly scmRepository: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An environment in which a version is deployed now. */
export interface DeployedIn {
  readonly environmentId: string;
  readonly environmentName: string;
  readonly deploymentId: string;
  readonly deployedAt: Date;
}

/** A version with all that is known about it. */
export interface VersionDetails extends VersionView {
  readonly builds: readonly BuildView[];
  readonly approvals: readonly ApprovalView[];
  readonly deployedIn: readonly DeployedIn[];
}

export function toVersionDto(row: VersionView): VersionDto {
  return {
    id: row.id,
    product_id: row.productId,
    product_name: row.productName,
    version: row.version,
    scm_sha: row.scmSha,
    scm_branch: row.scmBranch,
    scm_repository: row.scmRepository,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export function toVersionDetailsDto(details: VersionDetails): VersionDetailsDto {
  return Object.assign(toVersionDto(details), {
    builds: details.builds.map(toBuildDto),
    approvals: details.approvals.map(toApprovalDto),
    deployed_in: details.deployedIn.map(toDeployedInDto),
  });
}

function toDeployedInDto(place: DeployedIn): DeployedInDto {
  return {
    environment_id: place.environmentId,
    environment_name: place.environmentName,
    deployment_id: place.deploymentId,
    deployed_at: place.deployedAt.toISOString(),
  };
}
