import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page, type PageQuery } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import type { CreatedFeedTokenDto, CreateFeedTokenDto } from './feed-tokens.dto.js';
import { toCreatedFeedTokenDto, toFeedTokenDto } from './feed-tokens.mapper.js';
import { FeedTokensRepository, type ShownFeedToken } from './feed-tokens.repository.js';
import { newSecret } from './secrets.js';

/** The tokens that stand in the addresses of feeds, where no header can be sent. Each opens one kind of feed only. */
@Injectable()
export class FeedTokensService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tokens: FeedTokensRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string, { limit, cursor }: PageQuery): Promise<Page<ShownFeedToken>> {
    return cutPage(await this.tokens.list(accountId, limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<ShownFeedToken> {
    return existing(await this.tokens.find(accountId, id));
  }

  /**
   * Makes a token; its secret is in this answer and nowhere else.
   * @throws InvalidError for a product or environment that is not known
   */
  async create({ kind, product, environment }: CreateFeedTokenDto, actor: Actor): Promise<Answer<CreatedFeedTokenDto>> {
    const { accountId, accountSlug, userId } = actor;
    return this.prisma.$transaction(async (tx) => {
      const productId = product === undefined ? null : await this.tokens.productId(tx, accountId, product);
      const environmentId =
        environment === undefined ? null : await this.tokens.environmentId(tx, accountId, environment);
      requireKnown({ product, environment }, { product: productId, environment: environmentId });
      const at = await databaseTime(tx, this.clock);
      const { secret, prefix, hash } = newSecret('feed', accountSlug);
      const token = await this.tokens.create(tx, {
        accountId,
        id: uuidv7(),
        kind,
        productId,
        environmentId,
        prefix,
        secretHash: new Uint8Array(hash),
        createdBy: userId,
        createdAt: at,
      });
      const location = `/feed-tokens/${token.id}`;
      await this.record(tx, actor, 'feed_token.created', null, token, at);
      await keepAnswer(tx, actor, { statusCode: 201, location, body: null });
      return { statusCode: 201, location, body: toCreatedFeedTokenDto(token, secret) };
    });
  }

  /** @throws NotFoundError, PreconditionFailedError */
  async revoke(id: string, ifMatch: string | null, actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      const before = existing(await this.tokens.lock(tx, actor.accountId, id));
      requireMatch(ifMatch, toFeedTokenDto(before));
      if (before.revokedAt !== null) return;
      const at = await databaseTime(tx, this.clock);
      await this.record(tx, actor, 'feed_token.revoked', before, await this.tokens.revoke(tx, before, at), at);
    });
  }

  private async record(
    tx: Parameters<AuditRepository['record']>[0],
    actor: Actor,
    action: string,
    before: ShownFeedToken | null,
    after: ShownFeedToken,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      resourceType: 'feed_token',
      resourceId: after.id,
      before: before && toFeedTokenDto(before),
      after: toFeedTokenDto(after),
      at,
    });
  }
}

type Binding<Value> = Readonly<Record<'product' | 'environment', Value>>;

function requireKnown(asked: Binding<string | undefined>, found: Binding<string | null>): void {
  const faults = (['product', 'environment'] as const)
    .filter((what) => asked[what] !== undefined && found[what] === null)
    .map((what) => ({ loc: ['body', what], msg: `unknown ${what}`, type: 'value_error.unknown' }));
  if (faults.length > 0) throw new InvalidError(faults);
}

function existing(token: ShownFeedToken | null): ShownFeedToken {
  if (token === null) throw new NotFoundError();
  return token;
}
