import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { OpenToNarrowedKeys } from '../auth/open-to-narrowed-keys.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { SentBody } from '../common/http/sent-body.decorator.js';
import { BuildDto } from './build.dto.js';
import { BuildEventDto } from './build-event.dto.js';
import { toBuildEvent } from './build-event.mapper.js';
import { BuildEventsService } from './build-events.service.js';

/** Where pipelines report what they build. */
@ApiTags('events')
@Controller()
export class BuildEventsController {
  constructor(private readonly events: BuildEventsService) {}

  @Post('build-events')
  @Answers()
  @OpenToNarrowedKeys()
  @RequirePermission('deployments:write')
  @ApiOperation({ operationId: 'reportBuildEvent', summary: 'Report that a build is pending, starts or has ended' })
  @ApiCreatedResponse({ type: BuildDto, description: 'The event opened a build' })
  @ApiOkResponse({ type: BuildDto, description: 'The event belongs to a build that is known' })
  @ApiErrors(400, 409, 413, 422)
  async report(
    @Body() body: BuildEventDto,
    @SentBody() sent: Record<string, unknown>,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<BuildDto>> {
    return this.events.record(toBuildEvent(body, sent), actor);
  }

  @Post('version-events')
  @Answers()
  @OpenToNarrowedKeys()
  @RequirePermission('deployments:write')
  @ApiOperation({
    operationId: 'reportVersionEvent',
    summary: 'The older name of POST /build-events/, which it equals',
    deprecated: true,
  })
  @ApiCreatedResponse({ type: BuildDto, description: 'The event opened a build' })
  @ApiOkResponse({ type: BuildDto, description: 'The event belongs to a build that is known' })
  @ApiErrors(400, 409, 413, 422)
  async reportVersion(
    @Body() body: BuildEventDto,
    @SentBody() sent: Record<string, unknown>,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<BuildDto>> {
    return this.events.record(toBuildEvent(body, sent), actor);
  }
}
