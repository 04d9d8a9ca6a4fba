import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { PageCut } from '../database/newest-first.sql.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import { listVersions, readVersion, readWhereDeployed, type VersionFilter } from './read-versions.sql.js';
import type { DeployedIn, VersionView } from './version.mapper.js';

/** Reads versions: see the statements for their plans. */
@Injectable()
export class VersionsRepository {
  constructor(
    private readonly database: Database,
    private readonly lists: ListDatabase,
  ) {}

  /** Newest first; one row more than `cut.limit` at least, where there are more. */
  async list(accountId: string, filter: VersionFilter, cut: PageCut): Promise<VersionView[]> {
    const { statement, values } = listVersions(accountId, filter, cut);
    return this.lists.query<VersionView>(statement, values);
  }

  async find(accountId: string, id: string): Promise<VersionView | null> {
    return (await this.database.query<VersionView>(readVersion, [accountId, id]))[0] ?? null;
  }

  async whereDeployed(accountId: string, id: string): Promise<DeployedIn[]> {
    return this.database.query<DeployedIn>(readWhereDeployed, [accountId, id]);
  }
}
