import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import type { Actor } from './actor.js';
import { ApiKeyDto, CreateApiKeyDto, CreatedApiKeyDto, RotateApiKeyDto, UpdateApiKeyDto } from './api-keys.dto.js';
import { toApiKeyDto } from './api-keys.mapper.js';
import { ApiKeysQuery } from './api-keys.query.js';
import { ApiKeysService } from './api-keys.service.js';
import { CurrentActor } from './current-actor.decorator.js';
import { RequirePermission } from './require-permission.decorator.js';

/** The keys with which pipelines call. */
@ApiTags('api-keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @RequirePermission('keys:read')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'List API keys, revoked ones too, newest first' })
  @Paged(ApiKeyDto)
  @ApiErrors()
  async list(@Query() query: ApiKeysQuery, @CurrentActor() { accountId }: Actor): Promise<Page<ApiKeyDto>> {
    return mapPage(await this.keys.list(accountId, query), toApiKeyDto);
  }

  @Post()
  @Answers()
  @RequirePermission('keys:write')
  @ApiOperation({ operationId: 'createApiKey', summary: 'Create an API key; the answer shows it, this once' })
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @ApiErrors(422)
  async create(@Body() key: CreateApiKeyDto, @CurrentActor() actor: Actor): Promise<Answer<CreatedApiKeyDto>> {
    return this.keys.create(key, actor);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('keys:read')
  @ApiOperation({ operationId: 'getApiKey', summary: 'Read an API key' })
  @ApiOkResponse({ type: ApiKeyDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<ApiKeyDto> {
    return toApiKeyDto(await this.keys.get(accountId, id));
  }

  @Patch(':id')
  @WithEtag()
  @RequirePermission('keys:write')
  @ApiOperation({
    operationId: 'updateApiKey',
    summary:
      'Change the name, rights or expiry of an API key; the key itself stays the same, the change counts within a second',
  })
  @ApiOkResponse({ type: ApiKeyDto })
  @ApiErrors(404, 409, 412, 422)
  async update(
    @Param() { id }: IdParams,
    @Body() changes: UpdateApiKeyDto,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<ApiKeyDto> {
    return toApiKeyDto(await this.keys.update(id, changes, ifMatch, actor));
  }

  @Post(':id/rotate')
  @Answers()
  @RequirePermission('keys:write')
  @ApiOperation({
    operationId: 'rotateApiKey',
    summary:
      'Create a key that takes the place of this one, which goes on for an overlap; the answer shows it, this once',
  })
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @ApiErrors(404, 409, 422)
  async rotate(
    @Param() { id }: IdParams,
    @Body() rotation: RotateApiKeyDto,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<CreatedApiKeyDto>> {
    return this.keys.rotate(id, rotation, actor);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('keys:write')
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key: it stops working within a second' })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiErrors(404, 412)
  async revoke(
    @Param() { id }: IdParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.keys.revoke(id, ifMatch, actor);
  }
}
