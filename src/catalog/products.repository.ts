import { Injectable } from '@nestjs/common';
import type { Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import type { CatalogFilter } from './catalog-filter.js';
import type { ProductView } from './product.mapper.js';

const include = { productNames: { select: { nameKey: true, name: true } } } as const;

/** Which products a list shows; null: whichever. */
export interface ProductFilter {
  readonly named: CatalogFilter | null;
  readonly types: readonly string[] | null;
  readonly archived: boolean | null;
}

/** What lies in a product's own row. */
export type ProductColumns = Pick<ProductView, 'name' | 'description' | 'type' | 'metadata' | 'archivedAt'>;

/** Products, of which an account has a few thousand at most. Their names lie in a table of their own. */
@Injectable()
export class ProductsRepository {
  constructor(private readonly prisma: PrismaService) {}

  async list(
    accountId: string,
    { named, types, archived }: ProductFilter,
    limit: number,
    after: PageEnd | null,
  ): Promise<ProductView[]> {
    const conditions = [
      named && {
        OR: [{ id: { in: [...named.ids] } }, { productNames: { some: { nameKey: { in: [...named.nameKeys] } } } }],
      },
      named?.within ? { id: { in: [...named.within] } } : null,
      types && { type: { in: [...types] } },
      archived === null ? null : { archivedAt: archived ? { not: null } : null },
    ];
    const products = await this.prisma.product.findMany({
      where: { AND: [{ accountId }, olderThan(after), ...conditions.filter((condition) => condition !== null)] },
      orderBy: newestFirstOrder,
      take: limit,
      include,
    });
    return products.map(toView);
  }

  async find(accountId: string, id: string, tx: Prisma.TransactionClient = this.prisma): Promise<ProductView | null> {
    const product = await tx.product.findUnique({ where: { accountId_id: { accountId, id } }, include });
    return product && toView(product);
  }

  /** The product, held against other changes until the transaction ends. Events that refer to it go on. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<ProductView | null> {
    await tx.$queryRaw`SELECT FROM products WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return this.find(accountId, id, tx);
  }

  /** Without any name: names are claimed. */
  async create(
    tx: Prisma.TransactionClient,
    { accountId, id }: { accountId: string; id: string },
    { metadata, ...columns }: ProductColumns,
    at: Date,
  ): Promise<void> {
    const data = { accountId, id, ...columns, metadata: metadata as Prisma.InputJsonObject };
    await tx.product.create({ data: { ...data, createdAt: at, updatedAt: at }, select: { id: true } });
  }

  async update(
    tx: Prisma.TransactionClient,
    { accountId, id }: { accountId: string; id: string },
    { metadata, ...columns }: Partial<ProductColumns>,
    at: Date,
  ): Promise<void> {
    const data = { ...columns, ...(metadata && { metadata: metadata as Prisma.InputJsonObject }), updatedAt: at };
    await tx.product.update({ where: { accountId_id: { accountId, id } }, data, select: { id: true } });
  }
}

function toView<Row extends { productNames: { nameKey: string; name: string }[]; metadata: unknown }>({
  productNames,
  metadata,
  ...product
}: Row) {
  const names = productNames.map(({ nameKey: key, name }) => ({ key, name }));
  return { ...product, metadata: metadata as ProductView['metadata'], names };
}
