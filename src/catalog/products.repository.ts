import { Injectable } from '@nestjs/common';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import type { CatalogFilter } from './catalog-filter.js';
import type { ProductView } from './product.mapper.js';

const include = { productNames: { select: { name: true } } } as const;

/** Reads products, of which an account has a few thousand at most. */
@Injectable()
export class ProductsRepository {
  constructor(private readonly prisma: PrismaService) {}

  async list(
    accountId: string,
    filter: CatalogFilter | null,
    limit: number,
    after: PageEnd | null,
  ): Promise<ProductView[]> {
    const named = filter && {
      OR: [{ id: { in: [...filter.ids] } }, { productNames: { some: { nameKey: { in: [...filter.nameKeys] } } } }],
    };
    const products = await this.prisma.product.findMany({
      where: { AND: [{ accountId }, olderThan(after), named ?? {}] },
      orderBy: newestFirstOrder,
      take: limit,
      include,
    });
    return products.map(toView);
  }

  async find(accountId: string, id: string): Promise<ProductView | null> {
    const product = await this.prisma.product.findUnique({ where: { accountId_id: { accountId, id } }, include });
    return product && toView(product);
  }
}

function toView<Row extends { productNames: { name: string }[] }>({ productNames, ...product }: Row) {
  return { ...product, names: productNames.map(({ name }) => name) };
}
