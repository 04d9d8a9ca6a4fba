import { Controller, Get, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { LongRequest } from '../common/http/long-request.js';
import { ExportService } from './export.service.js';

/** Hands out everything that the account owns. */
@ApiTags('account')
@Controller('export')
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  @Get()
  @RequirePermission('export')
  @ApiOperation({
    operationId: 'exportAccount',
    summary: 'Everything that the account owns, as JSON Lines',
    description:
      'The state of one instant: a header, one line for each row, and a footer with a checksum, without which the ' +
      'file is not whole. It holds no secret. `npm run admin -- import FILE` restores it elsewhere.',
  })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({
    description: 'One JSON object on each line',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  @ApiErrors()
  async export(@CurrentActor() actor: Actor, @LongRequest() _hungUp: AbortSignal): Promise<StreamableFile> {
    return new StreamableFile(await this.exports.open(actor), { type: 'application/x-ndjson' });
  }
}
