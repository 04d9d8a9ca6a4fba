import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { OpenToNarrowedKeys } from '../auth/open-to-narrowed-keys.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { AbortDeploymentDto } from './abort-deployment.dto.js';
import { DeploymentDto } from './deployment.dto.js';
import { EndDeploymentsService } from './end-deployments.service.js';

/** Ends deployments that are stuck. */
@ApiTags('deployments')
@Controller('deployments')
export class EndDeploymentsController {
  constructor(private readonly ends: EndDeploymentsService) {}

  @Post(':id/abort')
  @HttpCode(200)
  @Answers()
  @OpenToNarrowedKeys()
  @RequirePermission('deployments:write')
  @ApiOperation({ operationId: 'abortDeployment', summary: 'End a stuck deployment, so that the next one may start' })
  @ApiOkResponse({ type: DeploymentDto })
  @ApiErrors(400, 404, 409, 413, 422)
  async abort(
    @Param() { id }: IdParams,
    @Body() { reason }: AbortDeploymentDto,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<DeploymentDto>> {
    return this.ends.abort(id, reason, actor);
  }
}
