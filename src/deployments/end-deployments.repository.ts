import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { type DeploymentColumns, fromColumns } from './deployment.columns.js';
import type { DeploymentToEnd } from './plan-end.js';
import { readAccountIds, readDeploymentToEnd, readStaleDeployments } from './end-deployments.sql.js';

interface Row {
  readonly now: Date;
  readonly deployment: DeploymentColumns;
  readonly product_name: string;
  readonly environment_name: string;
  readonly version: string;
  readonly revision: number;
  readonly current_id: string | null;
  readonly current_deployed_at: Date | null;
}

/** Finds the deployments that the service itself ends: on request, or because they are stale. */
@Injectable()
export class EndDeploymentsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(accountId: string, id: string): Promise<DeploymentToEnd | null> {
    const rows = await this.database.query<Row>(readDeploymentToEnd, [accountId, id, this.clock.frozen()]);
    return rows[0] === undefined ? null : toDeploymentToEnd(rows[0]);
  }

  async findStale(accountId: string, limit: number): Promise<readonly DeploymentToEnd[]> {
    const rows = await this.database.query<Row>(readStaleDeployments, [accountId, limit, this.clock.frozen()]);
    return rows.map(toDeploymentToEnd);
  }

  async accountIds(): Promise<readonly string[]> {
    return (await this.database.query<{ id: string }>(readAccountIds, [])).map(({ id }) => id);
  }
}

function toDeploymentToEnd(row: Row): DeploymentToEnd {
  return {
    now: row.now,
    deployment: fromColumns(row.deployment),
    productName: row.product_name,
    environmentName: row.environment_name,
    version: row.version,
    revision: row.revision,
    current: row.current_id === null ? null : { deploymentId: row.current_id, deployedAt: row.current_deployed_at! },
  };
}
