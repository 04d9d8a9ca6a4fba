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
import { mapPage, type Page, PageQuery } from '../common/http/pagination.js';
import { DeploymentDto } from './deployment.dto.js';
import { toDeploymentDto } from './deployment.mapper.js';
import { DeploymentsQuery } from './deployments.query.js';
import { DeploymentsService } from './deployments.service.js';
import { RecordedEventDto } from './recorded-event.dto.js';
import { toRecordedEventDto } from './recorded-event.mapper.js';

/** What was deployed, is being deployed, or failed to. */
@ApiTags('deployments')
@Controller('deployments')
export class DeploymentsController {
  constructor(private readonly deployments: DeploymentsService) {}

  @Get()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listDeployments', summary: 'List deployments, newest first' })
  @Paged(DeploymentDto)
  @ApiErrors()
  async list(@Query() query: DeploymentsQuery, @CurrentActor() actor: Actor): Promise<Page<DeploymentDto>> {
    return mapPage(await this.deployments.list(actor, query), (row) => toDeploymentDto(row, row));
  }

  @Get(':id')
  @WithEtag()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getDeployment', summary: 'Read a deployment' })
  @ApiOkResponse({ type: DeploymentDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() actor: Actor): Promise<DeploymentDto> {
    return this.deployments.get(actor, id).then((row) => toDeploymentDto(row, row));
  }

  @Get(':id/events')
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listDeploymentEvents', summary: 'List the events of a deployment, newest first' })
  @Paged(RecordedEventDto)
  @ApiErrors(404)
  async listEvents(
    @Param() { id }: IdParams,
    @Query() query: PageQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<RecordedEventDto>> {
    return mapPage(await this.deployments.listEvents(actor, id, query), toRecordedEventDto);
  }
}
