import { Controller, Get, Param, Query, Req, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { FeedTokens } from '../auth/feed-tokens.js';
import { Public } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { BadgeParams, BadgeQuery } from './badges.dto.js';
import { BadgesService } from './badges.service.js';
import { SvgInterceptor } from './svg.interceptor.js';

/** Badges for readmes and dashboards. They are opened by a feed token in the address, and by nothing else. */
@ApiTags('badges')
@Controller('badges')
export class BadgesController {
  constructor(
    private readonly feeds: FeedTokens,
    private readonly badges: BadgesService,
  ) {}

  @Get(':product/:environment.svg')
  @Public()
  @UseInterceptors(SvgInterceptor)
  @ApiOperation({ operationId: 'getBadge', summary: 'The version that is deployed, as an image' })
  @ApiOkResponse({ description: 'An image', content: { 'image/svg+xml': { schema: { type: 'string' } } } })
  @ApiErrors(401, 404, 422, 429)
  async draw(
    @Param() { product, environment }: BadgeParams,
    @Query() { token }: BadgeQuery,
    @Req() request: Request,
  ): Promise<string> {
    return this.badges.draw(await this.feeds.verify(token, 'badge', request), product, environment);
  }
}
