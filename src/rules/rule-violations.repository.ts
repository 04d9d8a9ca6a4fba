import { Injectable } from '@nestjs/common';
import type { PageCut } from '../database/newest-first.sql.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import { listViolations, type RuleViolationFilter } from './read-violations.sql.js';
import type { RuleViolationView } from './rule-violations.mapper.js';

/** Reads what rules have found: see the statement for its plan. */
@Injectable()
export class RuleViolationsRepository {
  constructor(private readonly lists: ListDatabase) {}

  /** Newest first; one row more than `cut.limit` at least, where there are more. */
  async list(accountId: string, filter: RuleViolationFilter, cut: PageCut): Promise<RuleViolationView[]> {
    const { statement, values } = listViolations(accountId, filter, cut);
    return this.lists.query<RuleViolationView>(statement, values);
  }
}
