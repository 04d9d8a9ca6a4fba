import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { PageCut } from '../database/newest-first.sql.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import type { AuditEntryView } from './audit-log.mapper.js';
import { type AuditFilter, listAuditLog, readAuditEntry } from './list-audit-log.sql.js';

type Row = AuditEntryView & { readonly looked: number; readonly endAt: Date; readonly endId: string };

/** Some entries, and where to look on: null where there are no more. */
export interface AuditEntries {
  readonly entries: readonly AuditEntryView[];
  readonly lookOn: PageCut['after'];
}

/** Reads the audit log: see the statement for its plan. */
@Injectable()
export class AuditLogRepository {
  constructor(
    private readonly database: Database,
    private readonly lists: ListDatabase,
  ) {}

  /**
   * The next entries, of a part of the log that is looked at in one statement.
   * @param window entries of that part at most, more than a page
   */
  async look(accountId: string, filter: AuditFilter, cut: PageCut, window: number): Promise<AuditEntries> {
    const { statement, values } = listAuditLog(accountId, filter, cut, window);
    const rows = await this.lists.query<Row>(statement, values);
    const end = rows[0];
    const lookOn = end?.looked === window ? { createdAt: end.endAt, id: end.endId } : null;
    return { entries: rows.filter(({ id }) => id !== null), lookOn };
  }

  async find(accountId: string, id: string): Promise<AuditEntryView | null> {
    return (await this.database.query<AuditEntryView>(readAuditEntry, [accountId, id]))[0] ?? null;
  }
}
