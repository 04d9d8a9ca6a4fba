import { Injectable } from '@nestjs/common';
import type { Reader } from '../auth/actor.js';
import { narrowFilter, toCatalogFilter } from '../catalog/catalog-filter.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { type HistoryEntry, type MatrixRow, toMatrixRows } from './environment-states.mapper.js';
import type { EnvironmentHistoryQuery, EnvironmentStatesQuery } from './environment-states.query.js';
import { EnvironmentStatesRepository } from './environment-states.repository.js';

/** What is deployed where, now, at a past moment, and over time. */
@Injectable()
export class EnvironmentStatesService {
  constructor(private readonly states: EnvironmentStatesRepository) {}

  async matrix({ accountId, narrowing }: Reader, query: EnvironmentStatesQuery): Promise<Page<MatrixRow>> {
    const filter = {
      product: narrowFilter(toCatalogFilter(query.product), narrowing?.productIds ?? null),
      environment: narrowFilter(toCatalogFilter(query.environment), narrowing?.environmentIds ?? null),
      environmentType: query.environment_type ?? null,
      at: query.at ?? null,
    };
    return cutPage(toMatrixRows(await this.states.matrix(accountId, filter, pageCut(query))), query.limit);
  }

  async history({ accountId, narrowing }: Reader, query: EnvironmentHistoryQuery): Promise<Page<HistoryEntry>> {
    const product = narrowFilter(toCatalogFilter([query.product]), narrowing?.productIds ?? null)!;
    const environment = narrowFilter(toCatalogFilter([query.environment]), narrowing?.environmentIds ?? null)!;
    return cutPage(await this.states.history(accountId, product, environment, pageCut(query)), query.limit);
  }
}
