import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type AuditActor, AuditRepository } from '../audit/audit.repository.js';
import type { Actor, Reader } from '../auth/actor.js';
import { coversProduct } from '../auth/narrowing.js';
import { Clock } from '../common/clock.js';
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
import { planNames, wantedNames } from './catalog-names.js';
import { CatalogNamesRepository } from './catalog-names.repository.js';
import { archivedShown, type ProductsQuery } from './catalog.query.js';
import { archivedAtAfter, differing, verbOf } from './changed-state.js';
import type { ProductDto } from './product.dto.js';
import { type ProductChanges, type ProductInput, type ProductView, toProductDto } from './product.mapper.js';
import { ProductsRepository } from './products.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/**
 * Products: what they are called, and what is known of them. Every change is audited in its own transaction. The
 * variants that take one are for whoever makes several changes at once.
 */
@Injectable()
export class ProductsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly products: ProductsRepository,
    private readonly names: CatalogNamesRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async list({ accountId, narrowing }: Reader, query: ProductsQuery): Promise<Page<ProductView>> {
    const { name, type: types = null, limit, cursor = null } = query;
    const named = narrowFilter(toCatalogFilter(name), narrowing?.productIds ?? null);
    const filter = { named, types, archived: archivedShown(query) };
    return cutPage(await this.products.list(accountId, filter, limit + 1, cursor), limit);
  }

  /** @throws NotFoundError, also outside of what a key is narrowed to */
  async get({ accountId, narrowing }: Reader, id: string): Promise<ProductView> {
    if (!coversProduct(narrowing, id)) throw new NotFoundError();
    return existing(await this.products.find(accountId, id));
  }

  /** @throws ConflictError for a name that is taken */
  async create(input: ProductInput, actor: Actor): Promise<Answer<ProductDto>> {
    return this.prisma.$transaction(async (tx) => {
      const created = await this.createIn(tx, input, actor);
      const answer = { statusCode: 201, location: `/products/${created.id}`, body: toProductDto(created) } as const;
      await keepAnswer(tx, actor, answer);
      return answer;
    });
  }

  async createIn(tx: Transaction, input: ProductInput, actor: AuditActor): Promise<ProductView> {
    const { accountId } = actor;
    const { name, description = null, type = null, metadata = {} } = input;
    const id = uuidv7();
    await this.names.lockAll(tx, accountId);
    const at = await databaseTime(tx, this.clock);
    await this.products.create(tx, { accountId, id }, { name, description, type, metadata, archivedAt: null }, at);
    const { taken } = await this.names.claim(tx, 'product', { accountId, id, at }, wantedNames({ name }));
    if (taken[0] !== undefined) throw nameTaken('product', taken[0]);
    const created = existing(await this.products.find(accountId, id, tx));
    await this.record(tx, actor, 'created', null, created, at);
    return created;
  }

  /**
   * Changes a product. A rename keeps the name that it had as an alias: events, filters and rules by it go on to work.
   * Changes nothing, and records nothing, where everything is as it should be already.
   *
   * @throws NotFoundError, PreconditionFailedError, ConflictError for a name that is taken, and for an alias that a rule
   *   goes by
   */
  async update(id: string, changes: ProductChanges, ifMatch: string | null, actor: Actor): Promise<ProductView> {
    return this.prisma.$transaction((tx) => this.updateIn(tx, id, changes, actor, ifMatch));
  }

  async updateIn(
    tx: Transaction,
    id: string,
    changes: ProductChanges,
    actor: AuditActor,
    ifMatch: string | null = null,
  ): Promise<ProductView> {
    const { accountId } = actor;
    await this.names.lockAll(tx, accountId);
    existing(await this.products.find(accountId, id, tx));
    const at = await databaseTime(tx, this.clock);
    const { added, taken } = await this.names.claim(tx, 'product', { accountId, id, at }, wantedNames(changes));
    const found = existing(await this.products.lock(tx, accountId, id));
    const before = { ...found, names: found.names.filter(({ key }) => !added.has(key)) };
    requireMatch(ifMatch, toProductDto(before));
    if (taken[0] !== undefined) throw nameTaken('product', taken[0]);

    const { name, respelled, removed } = planNames(before, changes);
    if (added.size > 0) requireFewAliases('product', found.names.length - removed.length - 1);
    const { description, type, metadata, archived } = changes;
    const archivedAt = archivedAtAfter(before.archivedAt, archived, at);
    const changed = differing(before, { name, description, type, metadata, archivedAt });
    const renamed = added.size > 0 || respelled.length > 0 || removed.length > 0 || 'name' in changed;
    if (!renamed && Object.keys(changed).length === 0) return before;

    await this.names.respell(tx, 'product', accountId, respelled);
    if (removed.length > 0) await this.removeAliases(tx, accountId, id, removed);
    await this.products.update(tx, { accountId, id }, changed, at);
    // A name changes what scopes mean.
    if (renamed) await raiseRulesRevision(tx, accountId);
    const after = existing(await this.products.find(accountId, id, tx));
    await this.record(tx, actor, verbOf(before, after), before, after, at);
    return after;
  }

  /**
   * Archives a product: it is hidden, with its versions and deployments, until an event names it again.
   * @throws NotFoundError, InvalidError unless `confirm` is its name, PreconditionFailedError
   */
  async archive(id: string, confirm: string | undefined, ifMatch: string | null, actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await this.names.lockAll(tx, actor.accountId);
      requireConfirmed('product', existing(await this.products.find(actor.accountId, id, tx)).name, confirm);
      await this.archiveIn(tx, id, actor, ifMatch);
    });
  }

  async archiveIn(tx: Transaction, id: string, actor: AuditActor, ifMatch: string | null = null): Promise<ProductView> {
    return this.updateIn(tx, id, { archived: true }, actor, ifMatch);
  }

  private async removeAliases(
    tx: Transaction,
    accountId: string,
    id: string,
    removed: readonly { key: string; name: string }[],
  ): Promise<void> {
    const keys = removed.map(({ key }) => key);
    const rules = await this.names.rulesNaming(tx, 'product', accountId, keys);
    if (rules.length > 0)
      throw aliasInUse(
        'product',
        removed.map(({ name }) => name),
        rules,
      );
    await this.names.remove(tx, 'product', { accountId, id }, keys);
  }

  private async record(
    tx: Transaction,
    actor: AuditActor,
    verb: string,
    before: ProductView | null,
    after: ProductView,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action: `product.${verb}`,
      resourceType: 'product',
      resourceId: after.id,
      before: before && toProductDto(before),
      after: toProductDto(after),
      at,
    });
  }
}

function existing(product: ProductView | null): ProductView {
  if (product === null) throw new NotFoundError();
  return product;
}
