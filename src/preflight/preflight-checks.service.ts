import { Injectable } from '@nestjs/common';
import { toCatalogFilter } from '../catalog/catalog-filter.js';
import { NotFoundError, UnavailableError } from '../common/errors/request.errors.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import type { ReplayDto } from './preflight-checks.dto.js';
import {
  type PreflightCheckDetails,
  type PreflightCheckView,
  toRecordedAttempt,
  toReplayDto,
} from './preflight-checks.mapper.js';
import type { PreflightChecksQuery } from './preflight-checks.query.js';
import { PreflightChecksRepository } from './preflight-checks.repository.js';
import { replay } from './replay.js';

/** Reads the record of every attempt to deploy, and decides it again. */
@Injectable()
export class PreflightChecksService {
  constructor(private readonly checks: PreflightChecksRepository) {}

  async list(accountId: string, query: PreflightChecksQuery): Promise<Page<PreflightCheckView>> {
    const { product, environment, version, code, allowed, limit } = query;
    const filter = {
      product: toCatalogFilter(product),
      environment: toCatalogFilter(environment),
      version: version ?? null,
      code: code ?? null,
      allowed: allowed ?? null,
    };
    return cutPage(await this.checks.list(accountId, filter, pageCut(query)), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<PreflightCheckDetails> {
    const check = await this.checks.find(accountId, id);
    if (check === null) throw new NotFoundError();
    return check;
  }

  /** @throws NotFoundError, UnavailableError where a rule of then cannot be evaluated any more */
  async replay(accountId: string, id: string): Promise<ReplayDto> {
    const recorded = toRecordedAttempt(await this.get(accountId, id));
    try {
      return toReplayDto(recorded, replay(recorded));
    } catch (cause) {
      throw new UnavailableError(undefined, undefined, { cause });
    }
  }
}
