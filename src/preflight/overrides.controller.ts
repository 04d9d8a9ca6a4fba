import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import type { Page } from '../common/http/pagination.js';
import { CreateOverrideDto, OverrideDto } from './overrides.dto.js';
import { OverridesQuery } from './overrides.query.js';
import { OverridesService } from './overrides.service.js';

/** For emergencies: the next start that would have been blocked goes all the same, and everybody can see why. */
@ApiTags('preflight-overrides')
@Controller('preflight-overrides')
export class OverridesController {
  constructor(private readonly overrides: OverridesService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listOverrides', summary: 'List overrides, newest first' })
  @Paged(OverrideDto)
  @ApiErrors()
  async list(@Query() query: OverridesQuery, @CurrentActor() { accountId }: Actor): Promise<Page<OverrideDto>> {
    return this.overrides.list(accountId, query);
  }

  @Post()
  @Answers()
  @RequirePermission('overrides:create')
  @ApiOperation({ operationId: 'createOverride', summary: 'Let the next start pass that would have been blocked' })
  @ApiCreatedResponse({ type: OverrideDto })
  @ApiErrors(422)
  async create(@Body() override: CreateOverrideDto, @CurrentActor() actor: Actor): Promise<Answer<OverrideDto>> {
    return this.overrides.create(override, actor);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getOverride', summary: 'Read an override, and what has become of it' })
  @ApiOkResponse({ type: OverrideDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<OverrideDto> {
    return this.overrides.get(accountId, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('overrides:create')
  @ApiOperation({ operationId: 'revokeOverride', summary: 'Revoke an override that is still open' })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiErrors(404, 409, 412)
  async revoke(
    @Param() { id }: IdParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.overrides.revoke(id, ifMatch, actor);
  }
}
