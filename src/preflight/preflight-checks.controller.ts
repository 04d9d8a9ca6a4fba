import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { OpenToNarrowedKeys } from '../auth/open-to-narrowed-keys.decorator.js';
import { RequireAnyPermission, RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { DryRunService } from '../deployments/dry-run.service.js';
import { AskPreflightDto, DryRunDto } from './dry-run.dto.js';
import { toAskedStart, toDryRunDto } from './dry-run.mapper.js';
import { PreflightCheckDetailsDto, PreflightCheckDto, ReplayDto } from './preflight-checks.dto.js';
import { toPreflightCheckDetailsDto, toPreflightCheckDto } from './preflight-checks.mapper.js';
import { PreflightChecksQuery } from './preflight-checks.query.js';
import { PreflightChecksService } from './preflight-checks.service.js';

/** Asking before deploying, and proving afterwards why something was allowed or not. */
@ApiTags('preflight-checks')
@Controller('preflight-checks')
export class PreflightChecksController {
  constructor(
    private readonly checks: PreflightChecksService,
    private readonly dryRuns: DryRunService,
  ) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listPreflightChecks', summary: 'List all real attempts to deploy, newest first' })
  @Paged(PreflightCheckDto)
  @ApiErrors()
  async list(
    @Query() query: PreflightChecksQuery,
    @CurrentActor() { accountId }: Actor,
  ): Promise<Page<PreflightCheckDto>> {
    return mapPage(await this.checks.list(accountId, query), toPreflightCheckDto);
  }

  @Post()
  @HttpCode(200)
  @OpenToNarrowedKeys()
  @RequireAnyPermission('read', 'deployments:write')
  @ApiOperation({
    operationId: 'askPreflight',
    summary: 'Ask what a start would be answered, and when it may go; records and reserves nothing',
  })
  @ApiOkResponse({ type: DryRunDto })
  @ApiErrors(422)
  async ask(@Body() body: AskPreflightDto, @CurrentActor() actor: Actor): Promise<DryRunDto> {
    return toDryRunDto(await this.dryRuns.consider(toAskedStart(body), actor));
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'getPreflightCheck',
    summary: 'Read an attempt, with the facts and rules that decided it',
  })
  @ApiOkResponse({ type: PreflightCheckDetailsDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<PreflightCheckDetailsDto> {
    return toPreflightCheckDetailsDto(await this.checks.get(accountId, id));
  }

  @Post(':id/replay')
  @HttpCode(200)
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'replayPreflightCheck',
    summary: 'Decide a recorded attempt again from its facts and the rules as they stood',
  })
  @ApiOkResponse({ type: ReplayDto })
  @ApiErrors(404)
  async replay(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<ReplayDto> {
    return this.checks.replay(accountId, id);
  }
}
