import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { PageCut } from '../database/newest-first.sql.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import type { BuildView } from './build.mapper.js';
import { type BuildFilter, listBuilds, readBuild, readNewestBuilds } from './read-builds.sql.js';

/** Reads builds: see the statements for their plans. */
@Injectable()
export class BuildsRepository {
  constructor(
    private readonly database: Database,
    private readonly lists: ListDatabase,
  ) {}

  /** Newest first; one row more than `cut.limit` at least, where there are more. */
  async list(accountId: string, filter: BuildFilter, cut: PageCut): Promise<BuildView[]> {
    const { statement, values } = listBuilds(accountId, filter, cut);
    return this.lists.query<BuildView>(statement, values);
  }

  async find(accountId: string, id: string): Promise<BuildView | null> {
    return (await this.database.query<BuildView>(readBuild, [accountId, id]))[0] ?? null;
  }

  /** The newest 200 of a version. */
  async newestOf(accountId: string, versionId: string): Promise<BuildView[]> {
    return this.database.query<BuildView>(readNewestBuilds, [accountId, versionId]);
  }
}
