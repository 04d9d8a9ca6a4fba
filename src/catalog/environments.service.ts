import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type AuditActor, AuditRepository } from '../audit/audit.repository.js';
import type { Actor, Reader } from '../auth/actor.js';
import { coversEnvironment } from '../auth/narrowing.js';
import { Clock } from '../common/clock.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { raiseRulesRevision } from '../database/policy-revision.js';
import { PrismaService } from '../database/prisma.service.js';
import { aliasInUse, nameTaken, requireConfirmed, requireFewAliases } from './catalog-faults.js';
import { narrowFilter, toCatalogFilter } from './catalog-filter.js';
import { type CatalogName, planNames, wantedNames } from './catalog-names.js';
import { CatalogNamesRepository } from './catalog-names.repository.js';
import { archivedShown, type EnvironmentsQuery } from './catalog.query.js';
import { archivedAtAfter, differing, verbOf } from './changed-state.js';
import type { EnvironmentDto } from './environment.dto.js';
import {
  type EnvironmentChanges,
  type EnvironmentInput,
  type EnvironmentView,
  toEnvironmentDto,
} from './environment.mapper.js';
import { positionOfType } from './environment-position.js';
import { EnvironmentsRepository } from './environments.repository.js';
import { inferEnvironmentType } from './infer-environment-type.js';
import { orderEnvironments } from './order-environments.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/**
 * Environments: what they are called, and how they are ordered, typed and timed. Every change is audited in its own
 * transaction. The variants that take one are for whoever makes several changes at once.
 */
@Injectable()
export class EnvironmentsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly environments: EnvironmentsRepository,
    private readonly names: CatalogNamesRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async list({ accountId, narrowing }: Reader, query: EnvironmentsQuery): Promise<Page<EnvironmentView>> {
    const { name, type: types = null, limit, cursor = null } = query;
    const named = narrowFilter(toCatalogFilter(name), narrowing?.environmentIds ?? null);
    const filter = { named, types, archived: archivedShown(query) };
    return cutPage(await this.environments.list(accountId, filter, limit + 1, cursor), limit);
  }

  /** @throws NotFoundError, also outside of what a key is narrowed to */
  async get({ accountId, narrowing }: Reader, id: string): Promise<EnvironmentView> {
    if (!coversEnvironment(narrowing, id)) throw new NotFoundError();
    return existing(await this.environments.find(accountId, id));
  }

  /** @throws ConflictError for a name that is taken */
  async create(input: EnvironmentInput, actor: Actor): Promise<Answer<EnvironmentDto>> {
    return this.prisma.$transaction(async (tx) => {
      const created = await this.createIn(tx, input, actor);
      const location = `/environments/${created.id}`;
      const answer = { statusCode: 201, location, body: toEnvironmentDto(created) } as const;
      await keepAnswer(tx, actor, answer);
      return answer;
    });
  }

  async createIn(tx: Transaction, input: EnvironmentInput, actor: AuditActor): Promise<EnvironmentView> {
    const { accountId } = actor;
    const { name, type = inferEnvironmentType(name), position = positionOfType[type] } = input;
    const { staleAfterMinutes = 120, pendingStaleAfterHours = 168, description = null, metadata = {} } = input;
    const limits = { position, staleAfterMinutes, pendingStaleAfterHours };
    const id = uuidv7();
    await this.names.lockAll(tx, accountId);
    const at = await databaseTime(tx, this.clock);
    const columns = { name, type, description, metadata, archivedAt: null, ...limits };
    await this.environments.create(tx, { accountId, id }, columns, at);
    const { taken } = await this.names.claim(tx, 'environment', { accountId, id, at }, wantedNames({ name }));
    if (taken[0] !== undefined) throw nameTaken('environment', taken[0]);
    // Its type need not be the one that its name suggests.
    await raiseRulesRevision(tx, accountId);
    const created = existing(await this.environments.find(accountId, id, tx));
    await this.record(tx, actor, 'created', null, created, at);
    return created;
  }

  /**
   * Changes an environment. A change of type counts from now on; what was is kept. A rename keeps the type, and the name
   * that it had as an alias: events, filters and rules by it go on to work. Changes nothing, and records nothing, where
   * everything is as it should be already.
   *
   * @throws NotFoundError, PreconditionFailedError, ConflictError for a name that is taken, and for an alias that a rule
   *   goes by
   */
  async update(
    id: string,
    changes: EnvironmentChanges,
    ifMatch: string | null,
    actor: Actor,
  ): Promise<EnvironmentView> {
    return this.prisma.$transaction((tx) => this.updateIn(tx, id, changes, actor, ifMatch));
  }

  async updateIn(
    tx: Transaction,
    id: string,
    changes: EnvironmentChanges,
    actor: AuditActor,
    ifMatch: string | null = null,
  ): Promise<EnvironmentView> {
    const { accountId } = actor;
    await this.names.lockAll(tx, accountId);
    existing(await this.environments.find(accountId, id, tx));
    const at = await databaseTime(tx, this.clock);
    const { added, taken } = await this.names.claim(tx, 'environment', { accountId, id, at }, wantedNames(changes));
    const found = existing(await this.environments.lock(tx, accountId, id));
    const before = { ...found, names: found.names.filter(({ key }) => !added.has(key)) };
    requireMatch(ifMatch, toEnvironmentDto(before));
    if (taken[0] !== undefined) throw nameTaken('environment', taken[0]);

    const { name, respelled, removed } = planNames(before, changes);
    if (added.size > 0) requireFewAliases('environment', found.names.length - removed.length - 1);
    const { archived, aliases: _, ...columns } = changes;
    const archivedAt = archivedAtAfter(before.archivedAt, archived, at);
    const changed = differing(before, { ...columns, name, archivedAt });
    const renamed = added.size > 0 || respelled.length > 0 || removed.length > 0;
    if (!renamed && Object.keys(changed).length === 0) return before;

    await this.names.respell(tx, 'environment', accountId, respelled);
    if (removed.length > 0) await this.removeAliases(tx, accountId, id, removed);
    await this.environments.update(tx, { accountId, id }, changed, at);
    if (changed.type !== undefined) await this.environments.recordType(tx, accountId, id, changed.type, at);
    await raiseRulesRevision(tx, accountId);
    const after = existing(await this.environments.find(accountId, id, tx));
    await this.record(tx, actor, verbOf(before, after), before, after, at);
    return after;
  }

  /**
   * Sets the order of all environments at once: those listed, and behind them the others in the order that they have.
   * @param listed names (present or former) or ids
   * @throws InvalidError for what is unknown or listed twice
   */
  async order(listed: readonly string[], actor: Actor): Promise<EnvironmentView[]> {
    const { accountId } = actor;
    return this.prisma.$transaction(async (tx) => {
      await this.names.lockAll(tx, accountId);
      const present = await this.environments.inOrder(tx, accountId);
      const { positions, faults } = orderEnvironments(present, listed);
      if (faults.length > 0) throw new InvalidError(faults);
      // By id, so that nobody who locks several of them waits in a ring.
      for (const { id } of present.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
        await this.updateIn(tx, id, { position: positions.get(id)! }, actor);
      }
      return this.environments.inOrder(tx, accountId);
    });
  }

  /**
   * Archives an environment: it is hidden from lists and the matrix until an event names it again.
   * @throws NotFoundError, InvalidError unless `confirm` is its name, PreconditionFailedError
   */
  async archive(id: string, confirm: string | undefined, ifMatch: string | null, actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await this.names.lockAll(tx, actor.accountId);
      requireConfirmed('environment', existing(await this.environments.find(actor.accountId, id, tx)).name, confirm);
      await this.archiveIn(tx, id, actor, ifMatch);
    });
  }

  async archiveIn(
    tx: Transaction,
    id: string,
    actor: AuditActor,
    ifMatch: string | null = null,
  ): Promise<EnvironmentView> {
    return this.updateIn(tx, id, { archived: true }, actor, ifMatch);
  }

  private async removeAliases(
    tx: Transaction,
    accountId: string,
    id: string,
    removed: readonly CatalogName[],
  ): Promise<void> {
    const keys = removed.map(({ key }) => key);
    const rules = await this.names.rulesNaming(tx, 'environment', accountId, keys);
    const names = removed.map(({ name }) => name);
    if (rules.length > 0) throw aliasInUse('environment', names, rules);
    await this.names.remove(tx, 'environment', { accountId, id }, keys);
  }

  private async record(
    tx: Transaction,
    actor: AuditActor,
    verb: string,
    before: EnvironmentView | null,
    after: EnvironmentView,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action: `environment.${verb}`,
      resourceType: 'environment',
      resourceId: after.id,
      before: before && toEnvironmentDto(before),
      after: toEnvironmentDto(after),
      at,
    });
  }
}

function existing(environment: EnvironmentView | null): EnvironmentView {
  if (environment === null) throw new NotFoundError();
  return environment;
}
