import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { OpenToNarrowedKeys } from '../auth/open-to-narrowed-keys.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { BuildDto } from './build.dto.js';
import { toBuildDto } from './build.mapper.js';
import { BuildsQuery } from './builds.query.js';
import { BuildsService } from './builds.service.js';

/** What produced the versions. */
@ApiTags('builds')
@Controller('builds')
export class BuildsController {
  constructor(private readonly builds: BuildsService) {}

  @Get()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listBuilds', summary: 'List builds, newest first' })
  @Paged(BuildDto)
  @ApiErrors()
  async list(@Query() query: BuildsQuery, @CurrentActor() actor: Actor): Promise<Page<BuildDto>> {
    return mapPage(await this.builds.list(actor, query), toBuildDto);
  }

  @Get(':id')
  @WithEtag()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getBuild', summary: 'Read a build' })
  @ApiOkResponse({ type: BuildDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() actor: Actor): Promise<BuildDto> {
    return toBuildDto(await this.builds.get(actor, id));
  }
}
