import { Injectable } from '@nestjs/common';
import { nameKey } from '../catalog/name-key.js';
import { readUuid } from '../common/validation/uuid.js';
import { Database, type Statement } from '../database/database.js';
import type { FeedToken, Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';

export const feedKinds = ['badge', 'calendar'] as const;
export type FeedKind = (typeof feedKinds)[number];

const omit = { secretHash: true } as const;
const include = { product: { select: { name: true } }, environment: { select: { name: true } } } as const;

interface Named {
  readonly name: string;
}
/** A feed token as far as anybody may see it: only its verification needs the hash. */
export type ShownFeedToken = Omit<FeedToken, 'secretHash'> & { product: Named | null; environment: Named | null };

/** A feed token that is good, and what it is bound to. */
export interface FoundFeedToken {
  readonly id: string;
  readonly accountId: string;
  /** The account's own limit; null: the service's. */
  readonly rateLimitPerMinute: number | null;
  readonly productId: string | null;
  readonly environmentId: string | null;
}

/** Plan: the unique indexes on accounts (slug) and feed_tokens (account_id, secret_hash). */
const findFeedToken: Statement = {
  name: 'find_feed_token',
  readOnly: true,
  text: `
  SELECT f.id, f.account_id, a.rate_limit_per_minute, f.product_id, f.environment_id, f.kind = $3::text AND f.revoked_at IS NULL AS good
  FROM accounts a JOIN feed_tokens f ON f.account_id = a.id AND f.secret_hash = $2::bytea
  WHERE a.slug = $1::text`,
};

interface FoundRow {
  readonly id: string;
  readonly account_id: string;
  readonly rate_limit_per_minute: number | null;
  readonly product_id: string | null;
  readonly environment_id: string | null;
  readonly good: boolean;
}

@Injectable()
export class FeedTokensRepository {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaService,
  ) {}

  async create(tx: Prisma.TransactionClient, data: Prisma.FeedTokenUncheckedCreateInput): Promise<ShownFeedToken> {
    return tx.feedToken.create({ data, omit, include });
  }

  async list(accountId: string, limit: number, after: PageEnd | null): Promise<ShownFeedToken[]> {
    const where = { accountId, ...olderThan(after) };
    return this.prisma.feedToken.findMany({ where, orderBy: newestFirstOrder, take: limit, omit, include });
  }

  async find(accountId: string, id: string): Promise<ShownFeedToken | null> {
    return this.prisma.feedToken.findUnique({ where: { accountId_id: { accountId, id } }, omit, include });
  }

  /** As `find`, with the row locked until the transaction ends. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<ShownFeedToken | null> {
    await tx.$queryRaw`SELECT id FROM feed_tokens WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return tx.feedToken.findUnique({ where: { accountId_id: { accountId, id } }, omit, include });
  }

  async revoke(tx: Prisma.TransactionClient, { accountId, id }: ShownFeedToken, at: Date): Promise<ShownFeedToken> {
    return tx.feedToken.update({ where: { accountId_id: { accountId, id } }, data: { revokedAt: at }, omit, include });
  }

  /** Null for a token that is unknown, revoked or for another kind of feed. */
  async findGood(accountSlug: string, hash: Buffer, kind: FeedKind): Promise<FoundFeedToken | null> {
    const [row] = await this.database.query<FoundRow>(findFeedToken, [accountSlug, hash, kind]);
    if (!row?.good) return null;
    return {
      id: row.id,
      accountId: row.account_id,
      rateLimitPerMinute: row.rate_limit_per_minute,
      productId: row.product_id,
      environmentId: row.environment_id,
    };
  }

  /** The id of the product that has this id, or else is called so, or was; null if there is none. */
  async productId(tx: Prisma.TransactionClient, accountId: string, nameOrId: string): Promise<string | null> {
    const id = readUuid(nameOrId);
    const found = id && (await tx.product.findUnique({ where: { accountId_id: { accountId, id } } }));
    if (found) return found.id;
    const where = { accountId_nameKey: { accountId, nameKey: nameKey(nameOrId) } };
    return (await tx.productName.findUnique({ where }))?.productId ?? null;
  }

  /** As `productId`, for an environment. */
  async environmentId(tx: Prisma.TransactionClient, accountId: string, nameOrId: string): Promise<string | null> {
    const id = readUuid(nameOrId);
    const found = id && (await tx.environment.findUnique({ where: { accountId_id: { accountId, id } } }));
    if (found) return found.id;
    const where = { accountId_nameKey: { accountId, nameKey: nameKey(nameOrId) } };
    return (await tx.environmentName.findUnique({ where }))?.environmentId ?? null;
  }
}
