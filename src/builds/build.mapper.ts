import type { BuildDto } from './build.dto.js';

/** A build as it is read: its row and the names it refers to. */
export interface BuildView {
  readonly id: string;
  readonly productId: string;
  readonly productName: string;
  readonly versionId: string;
  readonly version: string;
  readonly status: string;
  readonly buildNumber: string | null;
  readonly buildUrl: string | null;
  readonly scmSha: string | null;
  readonly scmBranch: string | null;
  readonly scmRepository: string | null;
  readonly builtBy: string | null;
  readonly builtByEmail: string | null;
  readonly builtByName: string | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly createdAt: Date;
  readonly extraMetadata: Record<string, unknown>;
  readonly sourceSystem: string | null;
  readonly invokeId: string | null;
  readonly errorMessage: string | null;
  readonly errorCode: string | null;
  readonly updatedAt: Date;
}

/** The wire's build: the answer to an event and of every read. */
export function toBuildDto(row: BuildView): BuildDto {
  return {
    id: row.id,
    product_id: row.productId,
    product_name: row.productName,
    version_id: row.versionId,
    version: row.version,
    status: row.status,
    build_number: row.buildNumber,
    build_url: row.buildUrl,
    scm_sha: row.scmSha,
    scm_branch: row.scmBranch,
    scm_repository: row.scmRepository,
    built_by: row.builtBy,
    built_by_email: row.builtByEmail,
    built_by_name: row.builtByName,
    started_at: (row.startedAt ?? row.createdAt).toISOString(),
    completed_at: row.completedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    extra_metadata: row.extraMetadata,
    source_system: row.sourceSystem,
    invoke_id: row.invokeId,
    error_message: row.errorMessage,
    error_code: row.errorCode,
    updated_at: row.updatedAt.toISOString(),
  };
}
