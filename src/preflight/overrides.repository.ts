import { Injectable } from '@nestjs/common';
import { nameKey } from '../catalog/name-key.js';
import { readUuid } from '../common/validation/uuid.js';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { databaseTime } from '../database/database-time.js';
import type { PreflightOverride, Prisma } from '../database/generated/client.js';
import type { PageCut } from '../database/newest-first.sql.js';
import { PrismaService } from '../database/prisma.service.js';
import { listOverrides, type OverrideFilter } from './list-overrides.sql.js';

const include = {
  product: { select: { name: true } },
  environment: { select: { name: true } },
  creator: { select: { name: true } },
  preflightCheck: { select: { deploymentId: true } },
} as const;

interface Named {
  readonly name: string;
}

/** An override with what its ids stand for. */
export type Override = PreflightOverride & {
  readonly product: Named;
  readonly environment: Named;
  readonly creator: Named;
  /** The attempt that used it up. */
  readonly preflightCheck: { readonly deploymentId: string | null } | null;
};

/** Reads and writes overrides, of which there are few: they are given in emergencies. */
@Injectable()
export class OverridesRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** By the database's clock: whether an override is open. */
  async now(): Promise<Date> {
    return databaseTime(this.prisma, this.clock);
  }

  async create(tx: Prisma.TransactionClient, data: Prisma.PreflightOverrideUncheckedCreateInput): Promise<Override> {
    const override = await tx.preflightOverride.create({ data, include });
    // From now on a refusal looks for overrides until then.
    await tx.$executeRaw`UPDATE accounts SET overrides_until = greatest(overrides_until, ${override.expiresAt}::timestamptz)
      WHERE id = ${override.accountId}::uuid`;
    return override;
  }

  /** Newest first; one more than `cut.limit` at least, where there are more. */
  async list(accountId: string, filter: OverrideFilter, cut: PageCut, now: Date): Promise<Override[]> {
    const { statement, values } = listOverrides(accountId, filter, cut, now);
    return this.database.query<Override>(statement, values);
  }

  async find(accountId: string, id: string): Promise<Override | null> {
    return this.prisma.preflightOverride.findUnique({ where: { accountId_id: { accountId, id } }, include });
  }

  /** As `find`, with the row locked until the transaction ends: a start that is just using it up is waited for. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<Override | null> {
    await tx.$queryRaw`SELECT FROM preflight_overrides WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR UPDATE`;
    return tx.preflightOverride.findUnique({ where: { accountId_id: { accountId, id } }, include });
  }

  async revoke(
    tx: Prisma.TransactionClient,
    { accountId, id }: Override,
    { at, by }: { at: Date; by: string | null },
  ): Promise<Override> {
    const data = { revokedAt: at, revokedBy: by };
    return tx.preflightOverride.update({ where: { accountId_id: { accountId, id } }, data, include });
  }

  /** The id of the product that has this id, or is called so, or was; null if there is none. */
  async productId(tx: Prisma.TransactionClient, accountId: string, idOrName: string): Promise<string | null> {
    const id = readUuid(idOrName);
    const product = id && (await tx.product.findUnique({ where: { accountId_id: { accountId, id } } }));
    if (product) return product.id;
    const where = { accountId_nameKey: { accountId, nameKey: nameKey(idOrName) } };
    return (await tx.productName.findUnique({ where }))?.productId ?? null;
  }

  /** As `productId`, for an environment. */
  async environmentId(tx: Prisma.TransactionClient, accountId: string, idOrName: string): Promise<string | null> {
    const id = readUuid(idOrName);
    const environment = id && (await tx.environment.findUnique({ where: { accountId_id: { accountId, id } } }));
    if (environment) return environment.id;
    const where = { accountId_nameKey: { accountId, nameKey: nameKey(idOrName) } };
    return (await tx.environmentName.findUnique({ where }))?.environmentId ?? null;
  }
}
