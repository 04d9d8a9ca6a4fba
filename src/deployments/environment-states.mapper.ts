import { soakTimeHours } from './deployment.mapper.js';
import type { EnvironmentHistoryDto, EnvironmentStateCellDto, EnvironmentStatesDto } from './environment-states.dto.js';

/** One cell of the matrix at one moment. */
export interface MatrixCell {
  readonly moment: Date;
  readonly productId: string;
  readonly productName: string;
  readonly productCreatedAt: Date;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly environmentType: string;
  readonly position: number;
  /** These five are null where nothing is deployed. */
  readonly versionId: string | null;
  readonly version: string | null;
  readonly deploymentId: string | null;
  readonly deployedAt: Date | null;
  readonly deployedBy: string | null;
  readonly inProgress: readonly {
    readonly deploymentId: string;
    readonly version: string;
    /** As JSON carries it. */
    readonly startedAt: string;
    readonly deployedBy: string | null;
  }[];
}

/** One product of the matrix; `id` and `createdAt` are the product's. */
export interface MatrixRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly name: string;
  readonly cells: readonly MatrixCell[];
}

/** What ran in a cell; `id` is the deployment's and `createdAt` its effective completion. */
export interface HistoryEntry {
  readonly now: Date;
  readonly id: string;
  readonly createdAt: Date;
  readonly versionId: string;
  readonly version: string;
  readonly deployedBy: string | null;
  readonly replacedAt: Date | null;
}

/** The cells, which come product by product, as rows. */
export function toMatrixRows(cells: readonly MatrixCell[]): MatrixRow[] {
  const rows = new Map<string, MatrixRow & { cells: MatrixCell[] }>();
  for (const cell of cells) {
    const { productId: id, productName: name, productCreatedAt: createdAt } = cell;
    const row = rows.get(id);
    if (row === undefined) rows.set(id, { id, createdAt, name, cells: [cell] });
    else row.cells.push(cell);
  }
  return [...rows.values()];
}

export function toEnvironmentStatesDto({ id, name, cells }: MatrixRow): EnvironmentStatesDto {
  const versions = new Set(cells.map((cell) => cell.versionId).filter((versionId) => versionId !== null));
  return { product_id: id, product_name: name, drift: versions.size > 1, cells: cells.map(toCellDto) };
}

function toCellDto(cell: MatrixCell): EnvironmentStateCellDto {
  return {
    environment_id: cell.environmentId,
    environment_name: cell.environmentName,
    environment_type: cell.environmentType,
    position: cell.position,
    version_id: cell.versionId,
    version: cell.version,
    deployment_id: cell.deploymentId,
    deployed_at: cell.deployedAt?.toISOString() ?? null,
    deployed_by: cell.deployedBy,
    soak_time_hours: soakTimeHours(cell.deployedAt, cell.moment),
    in_progress: cell.inProgress.map((open) => ({
      deployment_id: open.deploymentId,
      version: open.version,
      started_at: new Date(open.startedAt).toISOString(),
      deployed_by: open.deployedBy,
    })),
  };
}

export function toEnvironmentHistoryDto(entry: HistoryEntry): EnvironmentHistoryDto {
  return {
    deployment_id: entry.id,
    version_id: entry.versionId,
    version: entry.version,
    deployed_at: entry.createdAt.toISOString(),
    replaced_at: entry.replacedAt?.toISOString() ?? null,
    deployed_by: entry.deployedBy,
    soak_time_hours: soakTimeHours(entry.createdAt, entry.replacedAt ?? entry.now)!,
  };
}
