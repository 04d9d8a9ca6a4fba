import { Controller, Get, Query, Req, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { FeedTokens } from '../auth/feed-tokens.js';
import { RequirePermissionOrFeed } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { CalendarQuery } from './calendar.dto.js';
import { CalendarInterceptor } from './calendar.interceptor.js';
import { CalendarService } from './calendar.service.js';

/** No-deploy windows for people's calendars, which can send no header: a feed token in the address opens it, too. */
@ApiTags('deployment-rules')
@Controller('deployment-rules/calendar.ics')
export class CalendarController {
  constructor(
    private readonly feeds: FeedTokens,
    private readonly calendar: CalendarService,
  ) {}

  @Get()
  @RequirePermissionOrFeed('read')
  @UseInterceptors(CalendarInterceptor)
  @ApiOperation({
    operationId: 'getRuleCalendar',
    summary: 'The times of the next 90 days at which enabled schedules let nothing start, as iCalendar',
  })
  @ApiOkResponse({
    description: 'An iCalendar object (RFC 5545); with a feed token of one product or environment, what applies there',
    content: { 'text/calendar': { schema: { type: 'string' } } },
  })
  @ApiErrors()
  async write(
    @Query() { token }: CalendarQuery,
    @CurrentActor() actor: Actor | undefined,
    @Req() request: Request,
  ): Promise<string> {
    return this.calendar.write(
      actor === undefined
        ? await this.feeds.verify(token, 'calendar', request)
        : { accountId: actor.accountId, productId: null, environmentId: null },
    );
  }
}
