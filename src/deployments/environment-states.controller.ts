import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { OpenToNarrowedKeys } from '../auth/open-to-narrowed-keys.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { EnvironmentHistoryDto, EnvironmentStatesDto } from './environment-states.dto.js';
import { toEnvironmentHistoryDto, toEnvironmentStatesDto } from './environment-states.mapper.js';
import { EnvironmentHistoryQuery, EnvironmentStatesQuery } from './environment-states.query.js';
import { EnvironmentStatesService } from './environment-states.service.js';

/** What is deployed where. */
@ApiTags('environment states')
@Controller('environment-states')
export class EnvironmentStatesController {
  constructor(private readonly states: EnvironmentStatesService) {}

  @Get()
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'listEnvironmentStates',
    summary: 'What is deployed where, by product name; also as it stood at a past moment',
  })
  @Paged(EnvironmentStatesDto)
  @ApiErrors()
  async matrix(
    @Query() query: EnvironmentStatesQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<EnvironmentStatesDto>> {
    return mapPage(await this.states.matrix(actor, query), toEnvironmentStatesDto);
  }

  @Get('history')
  @OpenToNarrowedKeys()
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'listEnvironmentHistory',
    summary: 'What ran when in one environment, the latest first by effective completion',
  })
  @Paged(EnvironmentHistoryDto)
  @ApiErrors()
  async history(
    @Query() query: EnvironmentHistoryQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<EnvironmentHistoryDto>> {
    return mapPage(await this.states.history(actor, query), toEnvironmentHistoryDto);
  }
}
