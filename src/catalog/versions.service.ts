import { Injectable } from '@nestjs/common';
import type { Reader } from '../auth/actor.js';
import { coversEnvironment, coversProduct } from '../auth/narrowing.js';
import { ApprovalsService } from '../approvals/approvals.service.js';
import { BuildsService } from '../builds/builds.service.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { narrowFilter, toCatalogFilter } from './catalog-filter.js';
import { shaRanges } from './sha-ranges.js';
import type { VersionDetails, VersionView } from './version.mapper.js';
import type { VersionsQuery } from './versions.query.js';
import { VersionsRepository } from './versions.repository.js';

/** Reads versions, their builds, what was decided about them and where they are deployed. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly versions: VersionsRepository,
    private readonly builds: BuildsService,
    private readonly approvals: ApprovalsService,
  ) {}

  async list({ accountId, narrowing }: Reader, query: VersionsQuery): Promise<Page<VersionView>> {
    const asked = toCatalogFilter(query.environment);
    const filter = {
      product: narrowFilter(toCatalogFilter(query.product), narrowing?.productIds ?? null),
      version: query.version ?? null,
      scmSha: query.scm_sha === undefined ? null : shaRanges(query.scm_sha),
      // Only where it is asked for: a version that is deployed nowhere yet is seen too.
      environment: asked && narrowFilter(asked, narrowing?.environmentIds ?? null),
    };
    return cutPage(await this.versions.list(accountId, filter, pageCut(query)), query.limit);
  }

  /**
   * A key that is narrowed to environments sees neither where else the version is deployed nor what was decided for there.
   * @throws NotFoundError, also outside of what a key is narrowed to
   */
  async get({ accountId, narrowing }: Reader, id: string): Promise<VersionDetails> {
    const version = await this.versions.find(accountId, id);
    if (version === null || !coversProduct(narrowing, version.productId)) throw new NotFoundError();
    const [builds, approvals, deployedIn] = await Promise.all([
      this.builds.newestOf(accountId, id),
      this.approvals.newestOf(accountId, id),
      this.versions.whereDeployed(accountId, id),
    ]);
    const isSeen = (environmentId: string | null) =>
      environmentId === null || coversEnvironment(narrowing, environmentId);
    return {
      ...version,
      builds,
      approvals: approvals.filter(({ environmentId }) => isSeen(environmentId)),
      deployedIn: deployedIn.filter(({ environmentId }) => isSeen(environmentId)),
    };
  }
}
