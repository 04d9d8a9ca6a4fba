import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { CatalogQuery } from './catalog.query.js';
import { ProductDto } from './product.dto.js';
import { toProductDto } from './product.mapper.js';
import { ProductsService } from './products.service.js';

/** The products of the account. They come into being with the first event that names them. */
@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listProducts', summary: 'List products, newest first' })
  @Paged(ProductDto)
  @ApiErrors()
  async list(@Query() query: CatalogQuery, @CurrentActor() { accountId }: Actor): Promise<Page<ProductDto>> {
    return mapPage(await this.products.list(accountId, query), toProductDto);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getProduct', summary: 'Read a product' })
  @ApiOkResponse({ type: ProductDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<ProductDto> {
    return toProductDto(await this.products.get(accountId, id));
  }
}
