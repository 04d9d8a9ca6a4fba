import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../auth/actor.js';
import { Clock } from '../common/clock.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import { requireMatch } from '../common/http/etag.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { raiseRulesRevision } from '../database/policy-revision.js';
import { PrismaService } from '../database/prisma.service.js';
import { toCatalogFilter } from './catalog-filter.js';
import type { CatalogQuery } from './catalog.query.js';
import { type EnvironmentChanges, type EnvironmentView, toEnvironmentDto } from './environment.mapper.js';
import { EnvironmentsRepository } from './environments.repository.js';

/** Reads environments, and changes how they are ordered, typed and timed. */
@Injectable()
export class EnvironmentsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly environments: EnvironmentsRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string, { name, limit, cursor }: CatalogQuery): Promise<Page<EnvironmentView>> {
    return cutPage(await this.environments.list(accountId, toCatalogFilter(name), limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<EnvironmentView> {
    const environment = await this.environments.find(accountId, id);
    if (environment === null) throw new NotFoundError();
    return environment;
  }

  /**
   * Changes an environment. A change of type counts from now on; what was is kept. Changes nothing, and records
   * nothing, where everything is as it should be already.
   *
   * @throws NotFoundError, PreconditionFailedError
   */
  async update(
    id: string,
    changes: EnvironmentChanges,
    ifMatch: string | null,
    actor: Actor,
  ): Promise<EnvironmentView> {
    const { accountId } = actor;
    return this.prisma.$transaction(async (tx) => {
      const before = await this.environments.lock(tx, accountId, id);
      if (before === null) throw new NotFoundError();
      requireMatch(ifMatch, toEnvironmentDto(before));
      if (!changesAnything(before, changes)) return before;

      const at = await databaseTime(tx, this.clock);
      const after = await this.environments.update(tx, accountId, id, changes, at);
      if (changes.type !== undefined && changes.type !== before.type) {
        await this.environments.recordType(tx, accountId, id, changes.type, at);
      }
      await raiseRulesRevision(tx, accountId);
      await this.audit.record(tx, actor, {
        action: 'environment.updated',
        resourceType: 'environment',
        resourceId: id,
        before: toEnvironmentDto(before),
        after: toEnvironmentDto(after),
        at,
      });
      return after;
    });
  }
}

function changesAnything(before: EnvironmentView, changes: EnvironmentChanges): boolean {
  const fields = Object.keys(changes) as (keyof EnvironmentChanges)[];
  return fields.some((field) => changes[field] !== undefined && changes[field] !== before[field]);
}
