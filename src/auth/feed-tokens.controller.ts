import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page, PageQuery } from '../common/http/pagination.js';
import type { Actor } from './actor.js';
import { CurrentActor } from './current-actor.decorator.js';
import { CreatedFeedTokenDto, CreateFeedTokenDto, FeedTokenDto } from './feed-tokens.dto.js';
import { toFeedTokenDto } from './feed-tokens.mapper.js';
import { FeedTokensService } from './feed-tokens.service.js';
import { RequirePermission } from './require-permission.decorator.js';

/** The tokens that stand in the addresses of badges and calendars. */
@ApiTags('feed-tokens')
@Controller('feed-tokens')
export class FeedTokensController {
  constructor(private readonly tokens: FeedTokensService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listFeedTokens', summary: 'List feed tokens, revoked ones too, newest first' })
  @Paged(FeedTokenDto)
  @ApiErrors()
  async list(@Query() query: PageQuery, @CurrentActor() { accountId }: Actor): Promise<Page<FeedTokenDto>> {
    return mapPage(await this.tokens.list(accountId, query), toFeedTokenDto);
  }

  @Post()
  @Answers()
  @RequirePermission('integrations:write')
  @ApiOperation({ operationId: 'createFeedToken', summary: 'Create a feed token; the answer shows it, this once' })
  @ApiCreatedResponse({ type: CreatedFeedTokenDto })
  @ApiErrors(422)
  async create(@Body() token: CreateFeedTokenDto, @CurrentActor() actor: Actor): Promise<Answer<CreatedFeedTokenDto>> {
    return this.tokens.create(token, actor);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getFeedToken', summary: 'Read a feed token' })
  @ApiOkResponse({ type: FeedTokenDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<FeedTokenDto> {
    return toFeedTokenDto(await this.tokens.get(accountId, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('integrations:write')
  @ApiOperation({ operationId: 'revokeFeedToken', summary: 'Revoke a feed token: it stops working at once' })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiErrors(404, 412)
  async revoke(
    @Param() { id }: IdParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.tokens.revoke(id, ifMatch, actor);
  }
}
