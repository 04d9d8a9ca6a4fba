import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { OpenToNarrowedKeys } from '../auth/open-to-narrowed-keys.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { SentBody } from '../common/http/sent-body.decorator.js';
import { DeploymentDto } from './deployment.dto.js';
import { DeploymentEventDto } from './deployment-event.dto.js';
import { toDeploymentEvent } from './deployment-event.mapper.js';
import { DeploymentEventsService } from './deployment-events.service.js';

/** Where pipelines report what they deploy, and learn whether they may start. */
@ApiTags('events')
@Controller('deployment-events')
export class DeploymentEventsController {
  constructor(private readonly events: DeploymentEventsService) {}

  @Post()
  @Answers()
  @OpenToNarrowedKeys()
  @RequirePermission('deployments:write')
  @ApiOperation({
    operationId: 'reportDeploymentEvent',
    summary: 'Report that a deployment is pending, starts or has ended; a start runs the pre-flight checks',
  })
  @ApiCreatedResponse({ type: DeploymentDto, description: 'The event opened a deployment' })
  @ApiOkResponse({
    type: DeploymentDto,
    description: 'The event belongs to a deployment that is known, or to an attempt that was blocked',
  })
  @ApiErrors(400, 409, 413, 422, 423, 428)
  async report(
    @Body() body: DeploymentEventDto,
    @SentBody() sent: Record<string, unknown>,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<DeploymentDto>> {
    return this.events.record(toDeploymentEvent(body, sent), actor);
  }
}
