import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import type { CreateApiKeyDto, CreatedApiKeyDto, RotateApiKeyDto, UpdateApiKeyDto } from './api-keys.dto.js';
import { toApiKeyDto, toCreatedApiKeyDto } from './api-keys.mapper.js';
import type { ApiKeysQuery } from './api-keys.query.js';
import { type ApiKeyChanges, ApiKeysRepository, type ShownApiKey } from './api-keys.repository.js';
import { CredentialCache } from './credential-cache.js';
import { type AskedNarrowing, KeyNarrowing } from './key-narrowing.js';
import { deadReason, overlapEnd, successorExpiry } from './key-rotation.js';
import { pastFaults } from './require-future.js';
import { newSecret, toKeySlug } from './secrets.js';

type Transaction = Parameters<AuditRepository['record']>[0];
type NewKey = Pick<ShownApiKey, 'name' | 'scopes' | 'productIds' | 'environmentIds' | 'expiresAt' | 'rotatedFrom'>;

/** The keys with which machines call. Every change is audited in its own transaction. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly keys: ApiKeysRepository,
    private readonly narrowing: KeyNarrowing,
    private readonly audit: AuditRepository,
    private readonly credentials: CredentialCache,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string, { limit, cursor, active, scope }: ApiKeysQuery): Promise<Page<ShownApiKey>> {
    const now = await databaseTime(this.prisma, this.clock);
    const filter = { active: active ?? null, now, scopes: scope ?? null };
    return cutPage(await this.keys.list(accountId, filter, limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<ShownApiKey> {
    return existing(await this.keys.find(accountId, id));
  }

  /**
   * Makes a key; its secret is in this answer and nowhere else.
   * @throws InvalidError for an expiry that has passed, or a product or environment that is not known
   */
  async create(
    { name, scopes, expires_at, ...asked }: CreateApiKeyDto,
    actor: Actor,
  ): Promise<Answer<CreatedApiKeyDto>> {
    return this.prisma.$transaction(async (tx) => {
      const at = await databaseTime(tx, this.clock);
      const { productIds = [], environmentIds = [] } = await this.judge(tx, actor.accountId, asked, expires_at, at);
      const expiresAt = expires_at ?? null;
      const key = { name, scopes: unique(scopes), productIds, environmentIds, expiresAt, rotatedFrom: null };
      return this.make(tx, key, actor, at);
    });
  }

  /**
   * Changes a key: here at once, on other replicas within a second.
   * @throws InvalidError, NotFoundError, PreconditionFailedError; ConflictError for a new expiry of a key that is dead
   */
  async update(
    id: string,
    { name, scopes, expires_at, ...asked }: UpdateApiKeyDto,
    ifMatch: string | null,
    actor: Actor,
  ): Promise<ShownApiKey> {
    const changed = await this.prisma.$transaction(async (tx) => {
      const at = await databaseTime(tx, this.clock);
      const narrowed = await this.judge(tx, actor.accountId, asked, expires_at, at);
      const before = existing(await this.keys.lock(tx, actor.accountId, id));
      requireMatch(ifMatch, toApiKeyDto(before));
      const changes = differing(before, {
        name,
        scopes: scopes && unique(scopes),
        ...narrowed,
        expiresAt: expires_at,
      });
      if (changes === null) return before;
      if (changes.expiresAt !== undefined) requireAlive(before, at);
      const after = await this.keys.update(tx, before, changes);
      await this.record(tx, actor, 'api_key.updated', before, after, at);
      return after;
    });
    await this.credentials.forget();
    return changed;
  }

  /**
   * Makes a key that takes the place of another one: of the same name, scopes and narrowing. The old one goes on for
   * the overlap, but never longer than it would have.
   * @throws InvalidError, NotFoundError; ConflictError for a key that is dead, or was rotated before
   */
  async rotate(id: string, asked: RotateApiKeyDto, actor: Actor): Promise<Answer<CreatedApiKeyDto>> {
    const answer = await this.prisma.$transaction(async (tx) => {
      const at = await databaseTime(tx, this.clock);
      const faults = pastFaults(asked.expires_at, at);
      if (faults.length > 0) throw new InvalidError(faults);
      const old = existing(await this.keys.lock(tx, actor.accountId, id));
      requireAlive(old, at);
      const successor = await this.keys.successorOf(tx, old);
      if (successor !== null)
        throw new ConflictError(`API key has been rotated already: rotate its successor ${successor}`);

      const ended = await this.keys.update(tx, old, { expiresAt: overlapEnd(old, asked, at) });
      await this.record(tx, actor, 'api_key.rotated', old, ended, at);
      const { name, scopes, productIds, environmentIds } = old;
      const expiresAt = successorExpiry(old, asked, at);
      return this.make(tx, { name, scopes, productIds, environmentIds, expiresAt, rotatedFrom: old.id }, actor, at);
    });
    await this.credentials.forget();
    return answer;
  }

  /**
   * Ends a key: here at once, on other replicas within a second. A key that was revoked before stays so.
   * @throws NotFoundError, PreconditionFailedError
   */
  async revoke(id: string, ifMatch: string | null, actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      const before = existing(await this.keys.lock(tx, actor.accountId, id));
      requireMatch(ifMatch, toApiKeyDto(before));
      if (before.revokedAt !== null) return;
      const at = await databaseTime(tx, this.clock);
      const after = await this.keys.update(tx, before, { revokedAt: at });
      await this.record(tx, actor, 'api_key.revoked', before, after, at);
    });
    await this.credentials.forget();
  }

  /** Everything that is wrong with what was asked, beyond its form, at once. */
  private async judge(
    tx: Transaction,
    accountId: string,
    asked: AskedNarrowing,
    expiresAt: Date | null | undefined,
    at: Date,
  ): Promise<{ productIds?: string[]; environmentIds?: string[] }> {
    const { faults, ...found } = await this.narrowing.resolve(tx, accountId, asked);
    faults.push(...pastFaults(expiresAt, at));
    if (faults.length > 0) throw new InvalidError(faults);
    return found;
  }

  private async make(tx: Transaction, key: NewKey, actor: Actor, at: Date): Promise<Answer<CreatedApiKeyDto>> {
    const { secret, prefix, hash } = newSecret('sk', actor.accountSlug, toKeySlug(key.name));
    const made = await this.keys.create(tx, {
      ...key,
      accountId: actor.accountId,
      id: uuidv7(),
      prefix,
      secretHash: new Uint8Array(hash),
      createdBy: actor.userId,
      createdAt: at,
    });
    const location = `/api-keys/${made.id}`;
    await this.record(tx, actor, 'api_key.created', null, made, at);
    await keepAnswer(tx, actor, { statusCode: 201, location, body: null });
    return { statusCode: 201, location, body: toCreatedApiKeyDto(made, secret) };
  }

  private async record(
    tx: Transaction,
    actor: Actor,
    action: string,
    before: ShownApiKey | null,
    after: ShownApiKey,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      resourceType: 'api_key',
      resourceId: after.id,
      before: before && toApiKeyDto(before),
      after: toApiKeyDto(after),
      at,
    });
  }
}

/** What of the changes is other than it was; null: nothing. */
function differing(before: ShownApiKey, changes: ApiKeyChanges): ApiKeyChanges | null {
  const fields = Object.keys(changes) as (keyof ApiKeyChanges)[];
  const others = fields.filter(
    (field) => changes[field] !== undefined && JSON.stringify(changes[field]) !== JSON.stringify(before[field]),
  );
  return others.length === 0 ? null : Object.fromEntries(others.map((field) => [field, changes[field]]));
}

function requireAlive(key: ShownApiKey, now: Date): void {
  const reason = deadReason(key, now);
  if (reason !== null) throw new ConflictError(`API key ${reason}: create a new one with POST /api-keys/`);
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

function existing(key: ShownApiKey | null): ShownApiKey {
  if (key === null) throw new NotFoundError();
  return key;
}
