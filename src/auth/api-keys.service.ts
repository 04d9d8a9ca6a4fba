import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page, type PageQuery } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import type { CreateApiKeyDto, CreatedApiKeyDto, RenameApiKeyDto } from './api-keys.dto.js';
import { toApiKeyDto, toCreatedApiKeyDto } from './api-keys.mapper.js';
import { ApiKeysRepository, type ShownApiKey } from './api-keys.repository.js';
import { CredentialCache } from './credential-cache.js';
import { requireFuture } from './require-future.js';
import { newSecret, toKeySlug } from './secrets.js';

/** The keys with which machines call. Every change is audited in its own transaction. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly keys: ApiKeysRepository,
    private readonly audit: AuditRepository,
    private readonly credentials: CredentialCache,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string, { limit, cursor }: PageQuery): Promise<Page<ShownApiKey>> {
    return cutPage(await this.keys.list(accountId, limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<ShownApiKey> {
    return existing(await this.keys.find(accountId, id));
  }

  /**
   * Makes a key; its secret is in this answer and nowhere else.
   * @throws InvalidError for an expiry that has passed
   */
  async create({ name, scopes, expires_at }: CreateApiKeyDto, actor: Actor): Promise<Answer<CreatedApiKeyDto>> {
    const { accountId, accountSlug, userId } = actor;
    return this.prisma.$transaction(async (tx) => {
      const at = await databaseTime(tx, this.clock);
      requireFuture(expires_at, at);
      const { secret, prefix, hash } = newSecret('sk', accountSlug, toKeySlug(name));
      const key = await this.keys.create(tx, {
        accountId,
        id: uuidv7(),
        name,
        prefix,
        secretHash: new Uint8Array(hash),
        scopes: [...new Set(scopes)],
        expiresAt: expires_at ?? null,
        createdBy: userId,
        createdAt: at,
      });
      const location = `/api-keys/${key.id}`;
      await this.record(tx, actor, 'api_key.created', null, key, at);
      await keepAnswer(tx, actor, { statusCode: 201, location, body: null });
      return { statusCode: 201, location, body: toCreatedApiKeyDto(key, secret) };
    });
  }

  /** @throws NotFoundError, PreconditionFailedError */
  async rename(id: string, { name }: RenameApiKeyDto, ifMatch: string | null, actor: Actor): Promise<ShownApiKey> {
    return this.prisma.$transaction(async (tx) => {
      const before = existing(await this.keys.lock(tx, actor.accountId, id));
      requireMatch(ifMatch, toApiKeyDto(before));
      if (name === undefined || name === before.name) return before;
      const after = await this.keys.update(tx, before, { name });
      await this.record(tx, actor, 'api_key.renamed', before, after, await databaseTime(tx, this.clock));
      return after;
    });
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
    this.credentials.clear();
  }

  private async record(
    tx: Parameters<AuditRepository['record']>[0],
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

function existing(key: ShownApiKey | null): ShownApiKey {
  if (key === null) throw new NotFoundError();
  return key;
}
