import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { PageCut } from '../database/newest-first.sql.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import type { DeploymentView } from './deployment.mapper.js';
import { listRecordedEvents } from './list-recorded-events.sql.js';
import { type DeploymentFilter, listDeployments, readDeployment } from './read-deployments.sql.js';
import type { RecordedEvent } from './recorded-event.mapper.js';

/** A deployment, and the moment at which it was read. */
export type DeploymentRow = DeploymentView & { readonly now: Date };

/** Reads deployments. Every list is one statement by hand, for its plan: see the statements. */
@Injectable()
export class DeploymentsRepository {
  constructor(
    private readonly database: Database,
    private readonly lists: ListDatabase,
    private readonly clock: Clock,
  ) {}

  /** Newest first; one row more than `cut.limit` at least, where there are more. */
  async list(accountId: string, filter: DeploymentFilter, cut: PageCut): Promise<DeploymentRow[]> {
    const { statement, values } = listDeployments(accountId, filter, cut, this.clock.frozen());
    return this.lists.query<DeploymentRow>(statement, values);
  }

  async find(accountId: string, id: string): Promise<DeploymentRow | null> {
    const rows = await this.database.query<DeploymentRow>(readDeployment, [accountId, id, this.clock.frozen()]);
    return rows[0] ?? null;
  }

  /** The events of a deployment, newest first; null where there is no such deployment. */
  async listEvents(
    accountId: string,
    deploymentId: string,
    cut: PageCut,
  ): Promise<(RecordedEvent & { readonly createdAt: Date })[] | null> {
    const { statement, values } = listRecordedEvents(accountId, deploymentId, cut);
    const rows = await this.lists.query<RecordedEvent & { createdAt: Date }>(statement, values);
    return rows.length === 0 ? null : rows.filter(({ id }) => id !== null);
  }
}
