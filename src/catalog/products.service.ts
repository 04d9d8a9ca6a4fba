import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../common/errors/request.errors.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { toCatalogFilter } from './catalog-filter.js';
import type { CatalogQuery } from './catalog.query.js';
import type { ProductView } from './product.mapper.js';
import { ProductsRepository } from './products.repository.js';

/** Reads products. */
@Injectable()
export class ProductsService {
  constructor(private readonly products: ProductsRepository) {}

  async list(accountId: string, { name, limit, cursor }: CatalogQuery): Promise<Page<ProductView>> {
    return cutPage(await this.products.list(accountId, toCatalogFilter(name), limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<ProductView> {
    const product = await this.products.find(accountId, id);
    if (product === null) throw new NotFoundError();
    return product;
  }
}
