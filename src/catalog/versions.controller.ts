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
import { VersionDetailsDto, VersionDto } from './version.dto.js';
import { toVersionDetailsDto, toVersionDto } from './version.mapper.js';
import { VersionsQuery } from './versions.query.js';
import { VersionsService } from './versions.service.js';

/** What was built. */
@ApiTags('versions')
@Controller('versions')
export class VersionsController {
  constructor(private readonly versions: VersionsService) {}

  @Get()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listVersions', summary: 'List versions, newest first' })
  @Paged(VersionDto)
  @ApiErrors()
  async list(@Query() query: VersionsQuery, @CurrentActor() actor: Actor): Promise<Page<VersionDto>> {
    return mapPage(await this.versions.list(actor, query), toVersionDto);
  }

  @Get(':id')
  @WithEtag()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'getVersion',
    summary: 'Read a version, with its builds, what was decided about it and where it is deployed',
  })
  @ApiOkResponse({ type: VersionDetailsDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() actor: Actor): Promise<VersionDetailsDto> {
    return toVersionDetailsDto(await this.versions.get(actor, id));
  }
}
