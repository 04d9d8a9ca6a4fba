import type { Build } from './build.js';

/** A row of `builds` as JSON carries it: snake_case, times as text. */
export type BuildColumns = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | null => (value as string | null | undefined) ?? null;
const time = (value: unknown): Date | null => (value == null ? null : new Date(value as string));

/** The columns of a build, for `json_to_recordset`. */
export function toColumns(build: Build): BuildColumns {
  return {
    id: build.id,
    product_id: build.productId,
    version_id: build.versionId,
    status: build.status,
    source_system: build.sourceSystem,
    build_number: build.buildNumber,
    invoke_id: build.invokeId,
    build_url: build.buildUrl,
    scm_sha: build.scmSha,
    scm_branch: build.scmBranch,
    scm_repository: build.scmRepository,
    built_by: build.builtBy,
    built_by_email: build.builtByEmail,
    built_by_name: build.builtByName,
    error_message: build.errorMessage,
    error_code: build.errorCode,
    started_at: build.startedAt,
    completed_at: build.completedAt,
    extra_metadata: build.extraMetadata,
    created_at: build.createdAt,
    updated_at: build.updatedAt,
  };
}

/** The reverse of `toColumns`. */
export function fromColumns(row: BuildColumns): Build {
  return {
    id: row['id'] as string,
    productId: row['product_id'] as string,
    versionId: row['version_id'] as string,
    status: row['status'] as Build['status'],
    sourceSystem: text(row['source_system']),
    buildNumber: text(row['build_number']),
    invokeId: text(row['invoke_id']),
    buildUrl: text(row['build_url']),
    scmSha: text(row['scm_sha']),
    scmBranch: text(row['scm_branch']),
    scmRepository: text(row['scm_repository']),
    builtBy: text(row['built_by']),
    builtByEmail: text(row['built_by_email']),
    builtByName: text(row['built_by_name']),
    errorMessage: text(row['error_message']),
    errorCode: text(row['error_code']),
    startedAt: time(row['started_at']),
    completedAt: time(row['completed_at']),
    extraMetadata: (row['extra_metadata'] as Record<string, unknown> | null) ?? {},
    createdAt: time(row['created_at'])!,
    updatedAt: time(row['updated_at'])!,
  };
}
