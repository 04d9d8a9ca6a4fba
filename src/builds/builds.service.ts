import { Injectable } from '@nestjs/common';
import type { Reader } from '../auth/actor.js';
import { coversProduct } from '../auth/narrowing.js';
import { narrowFilter, toCatalogFilter } from '../catalog/catalog-filter.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import type { BuildView } from './build.mapper.js';
import type { BuildsQuery } from './builds.query.js';
import { BuildsRepository } from './builds.repository.js';

/** Reads builds. */
@Injectable()
export class BuildsService {
  constructor(private readonly builds: BuildsRepository) {}

  async list({ accountId, narrowing }: Reader, query: BuildsQuery): Promise<Page<BuildView>> {
    const filter = {
      product: narrowFilter(toCatalogFilter(query.product), narrowing?.productIds ?? null),
      version: query.version ?? null,
      status: query.status === undefined ? null : [...new Set(query.status)],
    };
    return cutPage(await this.builds.list(accountId, filter, pageCut(query)), query.limit);
  }

  /** @throws NotFoundError, also outside of what a key is narrowed to */
  async get({ accountId, narrowing }: Reader, id: string): Promise<BuildView> {
    const build = await this.builds.find(accountId, id);
    if (build === null || !coversProduct(narrowing, build.productId)) throw new NotFoundError();
    return build;
  }

  /** The newest 200 builds of a version. */
  async newestOf(accountId: string, versionId: string): Promise<BuildView[]> {
    return this.builds.newestOf(accountId, versionId);
  }
}
