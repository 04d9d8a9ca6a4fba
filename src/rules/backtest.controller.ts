import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { LongRequest } from '../common/http/long-request.js';
import { BacktestDto, BacktestQuery } from './backtest.dto.js';
import { BacktestPage } from './backtest.interceptor.js';
import { BacktestService } from './backtest.service.js';
import type { BacktestTotals } from './backtest-tally.js';

/** Asks what a rule would have done. */
@ApiTags('deployment-rules')
@Controller('deployment-rules')
export class BacktestController {
  constructor(private readonly backtests: BacktestService) {}

  @Post('backtest')
  @HttpCode(200)
  @BacktestPage()
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'backtestRule',
    summary: 'Try a rule on the recorded attempts of a period, each with what was known at its moment',
    description:
      'Creates and changes nothing. Every attempt counts, also one that was blocked or overridden, and so do ends ' +
      'that were reported without a start. History is taken as it was: what the rule would have blocked happens in ' +
      'it all the same. The next page of results is had by sending the same body to the address in the `Link` ' +
      'header; the totals are those of the whole period on every page.',
  })
  @ApiErrors(422)
  async run(
    @Body() backtest: BacktestDto,
    @Query() { cursor }: BacktestQuery,
    @CurrentActor() actor: Actor,
    @LongRequest() hungUp: AbortSignal,
  ): Promise<BacktestTotals> {
    return this.backtests.run(backtest, cursor, actor, hungUp);
  }
}
