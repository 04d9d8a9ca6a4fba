import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
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
import { ConfirmQuery, EnvironmentsQuery } from './catalog.query.js';
import { CreateEnvironmentDto, EnvironmentDto, EnvironmentOrderDto, UpdateEnvironmentDto } from './environment.dto.js';
import { toEnvironmentChanges, toEnvironmentDto, toEnvironmentInput } from './environment.mapper.js';
import { EnvironmentsService } from './environments.service.js';

/** The environments of the account. The first event that names one makes it, unless the catalog is closed. */
@ApiTags('environments')
@Controller('environments')
export class EnvironmentsController {
  constructor(private readonly environments: EnvironmentsService) {}

  @Get()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listEnvironments', summary: 'List environments, newest first' })
  @Paged(EnvironmentDto)
  @ApiErrors()
  async list(@Query() query: EnvironmentsQuery, @CurrentActor() actor: Actor): Promise<Page<EnvironmentDto>> {
    return mapPage(await this.environments.list(actor, query), toEnvironmentDto);
  }

  @Post()
  @Answers()
  @RequirePermission('environments:write')
  @ApiOperation({
    operationId: 'createEnvironment',
    summary: 'Create an environment; in an open catalog the first event that names it does so too',
  })
  @ApiCreatedResponse({ type: EnvironmentDto })
  @ApiErrors(409, 422)
  async create(
    @Body() environment: CreateEnvironmentDto,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<EnvironmentDto>> {
    return this.environments.create(toEnvironmentInput(environment), actor);
  }

  @Put('order')
  @RequirePermission('environments:write')
  @ApiOperation({
    operationId: 'orderEnvironments',
    summary: 'Set the order of all environments at once; answers all of them in it',
  })
  @ApiOkResponse({ type: [EnvironmentDto] })
  @ApiErrors(422)
  async order(@Body() { environments }: EnvironmentOrderDto, @CurrentActor() actor: Actor): Promise<EnvironmentDto[]> {
    return (await this.environments.order(environments, actor)).map(toEnvironmentDto);
  }

  @Get(':id')
  @WithEtag()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getEnvironment', summary: 'Read an environment, archived or not' })
  @ApiOkResponse({ type: EnvironmentDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() actor: Actor): Promise<EnvironmentDto> {
    return toEnvironmentDto(await this.environments.get(actor, id));
  }

  @Patch(':id')
  @WithEtag()
  @RequirePermission('environments:write')
  @ApiOperation({
    operationId: 'updateEnvironment',
    summary: 'Change, rename, archive or bring back an environment; its former name stays an alias',
  })
  @ApiOkResponse({ type: EnvironmentDto })
  @ApiErrors(404, 409, 412, 422)
  async update(
    @Param() { id }: IdParams,
    @Body() changes: UpdateEnvironmentDto,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<EnvironmentDto> {
    return toEnvironmentDto(await this.environments.update(id, toEnvironmentChanges(changes), ifMatch, actor));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('environments:write')
  @ApiOperation({
    operationId: 'archiveEnvironment',
    summary: 'Archive an environment; `confirm` must be its name',
  })
  @ApiNoContentResponse({ description: 'Archived, now or before' })
  @ApiErrors(404, 412, 422)
  async archive(
    @Param() { id }: IdParams,
    @Query() { confirm }: ConfirmQuery,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.environments.archive(id, confirm, ifMatch, actor);
  }
}
