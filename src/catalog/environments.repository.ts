import { Injectable } from '@nestjs/common';
import type { Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import type { CatalogFilter } from './catalog-filter.js';
import type { EnvironmentChanges, EnvironmentView } from './environment.mapper.js';
import type { EnvironmentType } from './infer-environment-type.js';

const include = { environmentNames: { select: { name: true } } } as const;

/** Reads and changes environments, of which an account has a few dozen. */
@Injectable()
export class EnvironmentsRepository {
  constructor(private readonly prisma: PrismaService) {}

  async list(
    accountId: string,
    filter: CatalogFilter | null,
    limit: number,
    after: PageEnd | null,
  ): Promise<EnvironmentView[]> {
    const named = filter && {
      OR: [{ id: { in: [...filter.ids] } }, { environmentNames: { some: { nameKey: { in: [...filter.nameKeys] } } } }],
    };
    const environments = await this.prisma.environment.findMany({
      where: { AND: [{ accountId }, olderThan(after), named ?? {}] },
      orderBy: newestFirstOrder,
      take: limit,
      include,
    });
    return environments.map(toView);
  }

  async find(accountId: string, id: string): Promise<EnvironmentView | null> {
    return this.findIn(this.prisma, accountId, id);
  }

  /** The environment, held against other changes until the transaction ends. Events that refer to it go on. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<EnvironmentView | null> {
    await tx.$queryRaw`SELECT FROM environments WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return this.findIn(tx, accountId, id);
  }

  async update(
    tx: Prisma.TransactionClient,
    accountId: string,
    id: string,
    changes: EnvironmentChanges,
    at: Date,
  ): Promise<EnvironmentView> {
    const data = { ...changes, updatedAt: at };
    return toView(await tx.environment.update({ where: { accountId_id: { accountId, id } }, data, include }));
  }

  /** Keeps the type as it was, until `at`, beside the one that holds from then on. */
  async recordType(
    tx: Prisma.TransactionClient,
    accountId: string,
    environmentId: string,
    type: EnvironmentType,
    at: Date,
  ): Promise<void> {
    // What never held for a millisecond is no history.
    const open = { accountId, environmentId, validTo: null };
    const { count } = await tx.environmentType.updateMany({
      where: { ...open, validFrom: { gte: at } },
      data: { type },
    });
    if (count > 0) return;
    await tx.environmentType.updateMany({ where: open, data: { validTo: at } });
    await tx.environmentType.create({ data: { accountId, environmentId, validFrom: at, type } });
  }

  private async findIn(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<EnvironmentView | null> {
    const environment = await tx.environment.findUnique({ where: { accountId_id: { accountId, id } }, include });
    return environment && toView(environment);
  }
}

function toView<Row extends { environmentNames: { name: string }[] }>({ environmentNames, ...environment }: Row) {
  return { ...environment, names: environmentNames.map(({ name }) => name) };
}
