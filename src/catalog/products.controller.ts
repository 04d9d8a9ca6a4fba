import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { OpenToNarrowedKeys } from '../auth/open-to-narrowed-keys.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { ConfirmQuery, ProductsQuery } from './catalog.query.js';
import { CreateProductDto, ProductDto, UpdateProductDto } from './product.dto.js';
import { toProductDto } from './product.mapper.js';
import { ProductsService } from './products.service.js';

/** The products of the account. The first event that names one makes it, unless the catalog is closed. */
@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listProducts', summary: 'List products, newest first' })
  @Paged(ProductDto)
  @ApiErrors()
  async list(@Query() query: ProductsQuery, @CurrentActor() actor: Actor): Promise<Page<ProductDto>> {
    return mapPage(await this.products.list(actor, query), toProductDto);
  }

  @Post()
  @Answers()
  @RequirePermission('products:write')
  @ApiOperation({
    operationId: 'createProduct',
    summary: 'Create a product; in an open catalog the first event that names it does so too',
  })
  @ApiCreatedResponse({ type: ProductDto })
  @ApiErrors(409, 422)
  async create(@Body() product: CreateProductDto, @CurrentActor() actor: Actor): Promise<Answer<ProductDto>> {
    return this.products.create(product, actor);
  }

  @Get(':id')
  @WithEtag()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getProduct', summary: 'Read a product, archived or not' })
  @ApiOkResponse({ type: ProductDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() actor: Actor): Promise<ProductDto> {
    return toProductDto(await this.products.get(actor, id));
  }

  @Patch(':id')
  @WithEtag()
  @RequirePermission('products:write')
  @ApiOperation({
    operationId: 'updateProduct',
    summary: 'Change, rename, archive or bring back a product; its former name stays an alias',
  })
  @ApiOkResponse({ type: ProductDto })
  @ApiErrors(404, 409, 412, 422)
  async update(
    @Param() { id }: IdParams,
    @Body() changes: UpdateProductDto,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<ProductDto> {
    return toProductDto(await this.products.update(id, changes, ifMatch, actor));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('products:write')
  @ApiOperation({
    operationId: 'archiveProduct',
    summary: 'Archive a product with its versions and deployments; `confirm` must be its name',
  })
  @ApiNoContentResponse({ description: 'Archived, now or before' })
  @ApiErrors(404, 412, 422)
  async archive(
    @Param() { id }: IdParams,
    @Query() { confirm }: ConfirmQuery,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.products.archive(id, confirm, ifMatch, actor);
  }
}
