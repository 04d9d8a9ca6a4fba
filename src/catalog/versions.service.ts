import { Injectable } from '@nestjs/common';
import { ApprovalsService } from '../approvals/approvals.service.js';
import { BuildsService } from '../builds/builds.service.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { toCatalogFilter } from './catalog-filter.js';
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

  async list(accountId: string, query: VersionsQuery): Promise<Page<VersionView>> {
    const filter = {
      product: toCatalogFilter(query.product),
      version: query.version ?? null,
      scmSha: query.scm_sha === undefined ? null : shaRanges(query.scm_sha),
      environment: toCatalogFilter(query.environment),
    };
    return cutPage(await this.versions.list(accountId, filter, pageCut(query)), query.limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<VersionDetails> {
    const version = await this.versions.find(accountId, id);
    if (version === null) throw new NotFoundError();
    const [builds, approvals, deployedIn] = await Promise.all([
      this.builds.newestOf(accountId, id),
      this.approvals.newestOf(accountId, id),
      this.versions.whereDeployed(accountId, id),
    ]);
    return { ...version, builds, approvals, deployedIn };
  }
}
