import { Injectable } from '@nestjs/common';
import type { Reader } from '../auth/actor.js';
import { coversEnvironment, coversProduct, type Narrowing } from '../auth/narrowing.js';
import { narrowFilter, toCatalogFilter } from '../catalog/catalog-filter.js';
import { shaRanges } from '../catalog/sha-ranges.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page, type PageQuery } from '../common/http/pagination.js';
import { type DeploymentRow, DeploymentsRepository } from './deployments.repository.js';
import type { DeploymentsQuery } from './deployments.query.js';
import { isTerminal, type Status, statuses } from './normalize-status.js';
import type { DeploymentFilter } from './read-deployments.sql.js';
import type { RecordedEvent } from './recorded-event.mapper.js';

/** Reads deployments and their events. */
@Injectable()
export class DeploymentsService {
  constructor(private readonly deployments: DeploymentsRepository) {}

  async list({ accountId, narrowing }: Reader, query: DeploymentsQuery): Promise<Page<DeploymentRow>> {
    return cutPage(await this.deployments.list(accountId, filterOf(query, narrowing), pageCut(query)), query.limit);
  }

  /** @throws NotFoundError, also outside of what a key is narrowed to */
  async get({ accountId, narrowing }: Reader, id: string): Promise<DeploymentRow> {
    const deployment = await this.deployments.find(accountId, id);
    if (deployment === null || !isWithin(narrowing, deployment)) throw new NotFoundError();
    return deployment;
  }

  /** @throws NotFoundError, also outside of what a key is narrowed to */
  async listEvents(reader: Reader, id: string, query: PageQuery): Promise<Page<RecordedEvent>> {
    if (reader.narrowing !== null) await this.get(reader, id);
    const events = await this.deployments.listEvents(reader.accountId, id, pageCut(query));
    if (events === null) throw new NotFoundError();
    return cutPage(events, query.limit);
  }
}

function isWithin(narrowing: Narrowing | null, { productId, environmentId }: DeploymentRow): boolean {
  return coversProduct(narrowing, productId) && coversEnvironment(narrowing, environmentId);
}

function filterOf(query: DeploymentsQuery, narrowing: Narrowing | null): DeploymentFilter {
  return {
    product: narrowFilter(toCatalogFilter(query.product), narrowing?.productIds ?? null),
    environment: narrowFilter(toCatalogFilter(query.environment), narrowing?.environmentIds ?? null),
    environmentType: query.environment_type ?? null,
    version: query.version ?? null,
    status: statusesOf(query),
    deployedBy: query.deployed_by ?? null,
    scmSha: query.scm_sha === undefined ? null : shaRanges(query.scm_sha),
  };
}

/** `active` is a filter of the status in other words; both together must hold. */
function statusesOf({ status, active }: DeploymentsQuery): readonly Status[] | null {
  if (active === undefined) return status === undefined ? null : [...new Set(status)];
  return statuses.filter((one) => isTerminal(one) !== active && (status === undefined || status.includes(one)));
}
