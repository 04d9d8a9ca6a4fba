import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { TakesNoInput } from '../common/http/takes-no-input.decorator.js';
import { HealthDto, LivenessDto, ReadinessDto } from './health.dto.js';
import { HealthService } from './health.service.js';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Public()
  @TakesNoInput()
  @ApiOperation({ operationId: 'getHealth', summary: 'How the service is, in a few words' })
  @ApiOkResponse({ type: HealthDto })
  @ApiErrors(503)
  async summary(): Promise<HealthDto> {
    return this.health.summary();
  }

  @Get('live')
  @Public()
  @TakesNoInput()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Whether the process is up',
    description: 'Never asks the database: restarting this process would not bring that back.',
  })
  @ApiOkResponse({ type: LivenessDto })
  live(): LivenessDto {
    return this.health.live();
  }

  @Get('ready')
  @Public()
  @TakesNoInput()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether requests should be sent here',
    description: 'True while the database answers, is migrated, and the service is not stopping.',
  })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiErrors(503)
  async ready(): Promise<ReadinessDto> {
    return this.health.ready();
  }
}
