import { Injectable } from '@nestjs/common';
import { toCatalogFilter } from '../catalog/catalog-filter.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { type HistoryEntry, type MatrixRow, toMatrixRows } from './environment-states.mapper.js';
import type { EnvironmentHistoryQuery, EnvironmentStatesQuery } from './environment-states.query.js';
import { EnvironmentStatesRepository } from './environment-states.repository.js';

/** What is deployed where, now, at a past moment, and over time. */
@Injectable()
export class EnvironmentStatesService {
  constructor(private readonly states: EnvironmentStatesRepository) {}

  async matrix(accountId: string, query: EnvironmentStatesQuery): Promise<Page<MatrixRow>> {
    const filter = {
      product: toCatalogFilter(query.product),
      environment: toCatalogFilter(query.environment),
      environmentType: query.environment_type ?? null,
      at: query.at ?? null,
    };
    return cutPage(toMatrixRows(await this.states.matrix(accountId, filter, pageCut(query))), query.limit);
  }

  async history(accountId: string, query: EnvironmentHistoryQuery): Promise<Page<HistoryEntry>> {
    const product = toCatalogFilter([query.product])!;
    const environment = toCatalogFilter([query.environment])!;
    return cutPage(await this.states.history(accountId, product, environment, pageCut(query)), query.limit);
  }
}
