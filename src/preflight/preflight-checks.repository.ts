import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { PageCut } from '../database/newest-first.sql.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import { listPreflightChecks, type PreflightCheckFilter, readPreflightCheck } from './preflight-checks.sql.js';
import type { PreflightCheckDetails, PreflightCheckView } from './preflight-checks.mapper.js';

/** Reads the record of attempts: see the statements for their plans. */
@Injectable()
export class PreflightChecksRepository {
  constructor(
    private readonly database: Database,
    private readonly lists: ListDatabase,
  ) {}

  /** Newest first; one row more than `cut.limit` at least, where there are more. */
  async list(accountId: string, filter: PreflightCheckFilter, cut: PageCut): Promise<PreflightCheckView[]> {
    const { statement, values } = listPreflightChecks(accountId, filter, cut);
    return this.lists.query<PreflightCheckView>(statement, values);
  }

  async find(accountId: string, id: string): Promise<PreflightCheckDetails | null> {
    const rows = await this.database.query<PreflightCheckDetails>(readPreflightCheck, [accountId, id]);
    return rows[0] ?? null;
  }
}
