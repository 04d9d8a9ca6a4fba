import { Injectable } from '@nestjs/common';
import { toCatalogFilter } from '../catalog/catalog-filter.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import type { RuleViolationView } from './rule-violations.mapper.js';
import type { RuleViolationsQuery } from './rule-violations.query.js';
import { RuleViolationsRepository } from './rule-violations.repository.js';

/** Reads which rules were not met, by which attempts. */
@Injectable()
export class RuleViolationsService {
  constructor(private readonly violations: RuleViolationsRepository) {}

  async list(accountId: string, query: RuleViolationsQuery): Promise<Page<RuleViolationView>> {
    const filter = {
      rule: toCatalogFilter(query.rule),
      product: toCatalogFilter(query.product),
      environment: toCatalogFilter(query.environment),
      code: query.code ?? null,
    };
    return cutPage(await this.violations.list(accountId, filter, pageCut(query)), query.limit);
  }
}
