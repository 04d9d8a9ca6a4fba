import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../auth/actor.js';
import { toCatalogFilter } from '../catalog/catalog-filter.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { ForbiddenError, NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, mapPage, type Page } from '../common/http/pagination.js';
import { toWireTime } from '../common/wire-time.js';
import { databaseTime } from '../database/database-time.js';
import { raisePolicyRevision } from '../database/policy-revision.js';
import { PrismaService } from '../database/prisma.service.js';
import type { CreateOverrideDto, OverrideDto } from './overrides.dto.js';
import { stateOf, toOverrideDto } from './overrides.mapper.js';
import type { OverridesQuery } from './overrides.query.js';
import { type Override, OverridesRepository } from './overrides.repository.js';

/** Permissions to deploy in spite of violations, once each; a start uses them up in the statement that writes it. */
@Injectable()
export class OverridesService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly overrides: OverridesRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async list(
    accountId: string,
    { product, environment, state, limit, cursor }: OverridesQuery,
  ): Promise<Page<OverrideDto>> {
    const filter = {
      product: toCatalogFilter(product),
      environment: toCatalogFilter(environment),
      states: state ?? null,
    };
    const now = await this.overrides.now();
    const cut = { limit, after: cursor ?? null, from: null, to: null };
    const rows = await this.overrides.list(accountId, filter, cut, now);
    return mapPage(cutPage(rows, limit), (override) => toOverrideDto(override, now));
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<OverrideDto> {
    const override = existing(await this.overrides.find(accountId, id));
    return toOverrideDto(override, await this.overrides.now());
  }

  /**
   * Gives an override. It counts for every start that is decided after it.
   * @throws InvalidError for a product or environment that is not known; ForbiddenError for an API key
   */
  async create(asked: CreateOverrideDto, actor: Actor): Promise<Answer<OverrideDto>> {
    const { accountId, userId } = actor;
    if (userId === null) throw new ForbiddenError();
    return this.prisma.$transaction(async (tx) => {
      const productId = await this.overrides.productId(tx, accountId, asked.product);
      const environmentId = await this.overrides.environmentId(tx, accountId, asked.environment);
      if (productId === null || environmentId === null) throw unknownError(productId, environmentId);
      const at = await databaseTime(tx, this.clock);
      const override = await this.overrides.create(tx, {
        accountId,
        id: uuidv7(),
        productId,
        environmentId,
        version: asked.version ?? null,
        reason: asked.reason,
        includeConcurrency: asked.include_concurrency,
        expiresAt: new Date(at.getTime() + asked.expires_in_minutes * 60_000),
        createdBy: userId,
        createdAt: at,
      });
      await raisePolicyRevision(tx, accountId);
      const body = toOverrideDto(override, at);
      const location = `/preflight-overrides/${override.id}`;
      await this.record(tx, actor, 'created', null, body, at);
      await keepAnswer(tx, actor, { statusCode: 201, location, body });
      return { statusCode: 201, location, body };
    });
  }

  /**
   * Takes an override back; one that was taken back already stays so.
   * @throws NotFoundError, PreconditionFailedError, ConflictError for one that was used up or has expired
   */
  async revoke(id: string, ifMatch: string | null, actor: Actor): Promise<void> {
    const { accountId } = actor;
    await this.prisma.$transaction(async (tx) => {
      const override = existing(await this.overrides.lock(tx, accountId, id));
      const at = await databaseTime(tx, this.clock);
      const before = toOverrideDto(override, at);
      requireMatch(ifMatch, before);
      if (override.revokedAt !== null) return;
      requireOpen(override, at);
      const after = toOverrideDto(await this.overrides.revoke(tx, override, { at, by: actor.userId }), at);
      await raisePolicyRevision(tx, accountId);
      await this.record(tx, actor, 'revoked', before, after, at);
    });
  }

  private async record(
    tx: Parameters<AuditRepository['record']>[0],
    actor: Actor,
    verb: 'created' | 'revoked',
    before: OverrideDto | null,
    after: OverrideDto,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action: `preflight_override.${verb}`,
      resourceType: 'preflight_override',
      resourceId: after.id,
      before,
      after,
      at,
    });
  }
}

function existing(override: Override | null): Override {
  if (override === null) throw new NotFoundError();
  return override;
}

function requireOpen(override: Override, now: Date): void {
  const { usedAt, expiresAt } = override;
  const state = stateOf(override, now);
  if (state === 'used') {
    const next = 'what has started with it can only be aborted';
    throw new ConflictError(`This override was used up at ${toWireTime(usedAt!)}: ${next}`);
  }
  if (state === 'expired') {
    throw new ConflictError(`This override expired at ${toWireTime(expiresAt)}: there is nothing left to revoke`);
  }
}

function unknownError(productId: string | null, environmentId: string | null): InvalidError {
  const faults = { product: productId, environment: environmentId };
  return new InvalidError(
    Object.entries(faults)
      .filter(([, id]) => id === null)
      .map(([what]) => ({ loc: ['body', what], msg: `unknown ${what}`, type: 'value_error.unknown' })),
  );
}
