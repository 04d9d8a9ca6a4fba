import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { CatalogQuery } from './catalog.query.js';
import { EnvironmentDto, UpdateEnvironmentDto } from './environment.dto.js';
import { toEnvironmentChanges, toEnvironmentDto } from './environment.mapper.js';
import { EnvironmentsService } from './environments.service.js';

/** The environments of the account. They come into being with the first event that names them. */
@ApiTags('environments')
@Controller('environments')
export class EnvironmentsController {
  constructor(private readonly environments: EnvironmentsService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listEnvironments', summary: 'List environments, newest first' })
  @Paged(EnvironmentDto)
  @ApiErrors()
  async list(@Query() query: CatalogQuery, @CurrentActor() { accountId }: Actor): Promise<Page<EnvironmentDto>> {
    return mapPage(await this.environments.list(accountId, query), toEnvironmentDto);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getEnvironment', summary: 'Read an environment' })
  @ApiOkResponse({ type: EnvironmentDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<EnvironmentDto> {
    return toEnvironmentDto(await this.environments.get(accountId, id));
  }

  @Patch(':id')
  @WithEtag()
  @RequirePermission('environments:write')
  @ApiOperation({
    operationId: 'updateEnvironment',
    summary: 'Change the type, the position or the staleness of an environment',
  })
  @ApiOkResponse({ type: EnvironmentDto })
  @ApiErrors(404, 412)
  async update(
    @Param() { id }: IdParams,
    @Body() changes: UpdateEnvironmentDto,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<EnvironmentDto> {
    return toEnvironmentDto(await this.environments.update(id, toEnvironmentChanges(changes), ifMatch, actor));
  }
}
