import { Injectable } from '@nestjs/common';
import type { Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import type { CatalogFilter } from './catalog-filter.js';
import type { EnvironmentView } from './environment.mapper.js';
import type { EnvironmentType } from './infer-environment-type.js';

const include = { environmentNames: { select: { nameKey: true, name: true } } } as const;

/** Which environments a list shows; null: whichever. */
export interface EnvironmentFilter {
  readonly named: CatalogFilter | null;
  readonly types: readonly EnvironmentType[] | null;
  readonly archived: boolean | null;
}

/** What lies in an environment's own row. */
export type EnvironmentColumns = Omit<EnvironmentView, 'id' | 'names' | 'createdAt' | 'updatedAt'>;

/** Environments, of which an account has a few dozen. Their names lie in a table of their own. */
@Injectable()
export class EnvironmentsRepository {
  constructor(private readonly prisma: PrismaService) {}

  async list(
    accountId: string,
    { named, types, archived }: EnvironmentFilter,
    limit: number,
    after: PageEnd | null,
  ): Promise<EnvironmentView[]> {
    const conditions = [
      named && {
        OR: [{ id: { in: [...named.ids] } }, { environmentNames: { some: { nameKey: { in: [...named.nameKeys] } } } }],
      },
      named?.within ? { id: { in: [...named.within] } } : null,
      types && { type: { in: [...types] } },
      archived === null ? null : { archivedAt: archived ? { not: null } : null },
    ];
    const environments = await this.prisma.environment.findMany({
      where: { AND: [{ accountId }, olderThan(after), ...conditions.filter((condition) => condition !== null)] },
      orderBy: newestFirstOrder,
      take: limit,
      include,
    });
    return environments.map(toView);
  }

  /** All of them by position, archived ones too. */
  async inOrder(tx: Prisma.TransactionClient, accountId: string): Promise<EnvironmentView[]> {
    const orderBy = [{ position: 'asc' as const }, { name: 'asc' as const }, { id: 'asc' as const }];
    return (await tx.environment.findMany({ where: { accountId }, orderBy, include })).map(toView);
  }

  async find(
    accountId: string,
    id: string,
    tx: Prisma.TransactionClient = this.prisma,
  ): Promise<EnvironmentView | null> {
    const environment = await tx.environment.findUnique({ where: { accountId_id: { accountId, id } }, include });
    return environment && toView(environment);
  }

  /** The environment, held against other changes until the transaction ends. Events that refer to it go on. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<EnvironmentView | null> {
    await tx.$queryRaw`SELECT FROM environments WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return this.find(accountId, id, tx);
  }

  /** Without any name: names are claimed. */
  async create(
    tx: Prisma.TransactionClient,
    { accountId, id }: { accountId: string; id: string },
    { metadata, ...columns }: EnvironmentColumns,
    at: Date,
  ): Promise<void> {
    const data = { accountId, id, ...columns, metadata: metadata as Prisma.InputJsonObject };
    await tx.environment.create({ data: { ...data, createdAt: at, updatedAt: at }, select: { id: true } });
    const { type } = columns;
    await tx.environmentType.create({ data: { accountId, environmentId: id, validFrom: at, type } });
  }

  async update(
    tx: Prisma.TransactionClient,
    { accountId, id }: { accountId: string; id: string },
    { metadata, ...columns }: Partial<EnvironmentColumns>,
    at: Date,
  ): Promise<void> {
    const data = { ...columns, ...(metadata && { metadata: metadata as Prisma.InputJsonObject }), updatedAt: at };
    await tx.environment.update({ where: { accountId_id: { accountId, id } }, data, select: { id: true } });
  }

  /** Keeps the type as it was, until `at`, beside the one that holds from then on. */
  async recordType(
    tx: Prisma.TransactionClient,
    accountId: string,
    environmentId: string,
    type: string,
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
}

function toView<Row extends { environmentNames: { nameKey: string; name: string }[]; metadata: unknown }>({
  environmentNames,
  metadata,
  ...environment
}: Row) {
  const names = environmentNames.map(({ nameKey: key, name }) => ({ key, name }));
  return { ...environment, metadata: metadata as EnvironmentView['metadata'], names };
}
