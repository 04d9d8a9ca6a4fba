import { Injectable } from '@nestjs/common';
import type { CatalogFilter } from '../catalog/catalog-filter.js';
import { Clock } from '../common/clock.js';
import type { PageCut } from '../database/newest-first.sql.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import type { HistoryEntry, MatrixCell } from './environment-states.mapper.js';
import { type MatrixFilter, readHistory, readMatrix } from './environment-states.sql.js';

/** Reads what is deployed where: see the statements for their plans. */
@Injectable()
export class EnvironmentStatesRepository {
  constructor(
    private readonly lists: ListDatabase,
    private readonly clock: Clock,
  ) {}

  /** The cells of a page of products, and of one product more at least, where there are more; product by product. */
  async matrix(accountId: string, filter: MatrixFilter, cut: PageCut): Promise<MatrixCell[]> {
    const { statement, values } = readMatrix(accountId, filter, cut, this.clock.frozen());
    return this.lists.query<MatrixCell>(statement, values);
  }

  async history(
    accountId: string,
    product: CatalogFilter,
    environment: CatalogFilter,
    cut: PageCut,
  ): Promise<HistoryEntry[]> {
    const { statement, values } = readHistory(accountId, product, environment, cut, this.clock.frozen());
    return this.lists.query<HistoryEntry>(statement, values);
  }
}
