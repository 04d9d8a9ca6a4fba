import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page, PageQuery } from '../common/http/pagination.js';
import { SentBody } from '../common/http/sent-body.decorator.js';
import { bodyExamples } from './rule-examples.js';
import { CreateRuleDto, ListedRuleDto, RuleDto, RuleRevisionDto, UpdateRuleDto } from './rule.dto.js';
import { toListedRuleDto } from './rule.mapper.js';
import { RulesQuery } from './rules.query.js';
import { RulesService } from './rules.service.js';

/** The policies that decide whether a deployment may start. */
@ApiTags('deployment-rules')
@Controller('deployment-rules')
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listRules', summary: 'List rules, newest first' })
  @Paged(ListedRuleDto)
  @ApiErrors()
  async list(@Query() query: RulesQuery, @CurrentActor() { accountId }: Actor): Promise<Page<ListedRuleDto>> {
    return mapPage(await this.rules.list(accountId, query), toListedRuleDto);
  }

  @Post()
  @Answers()
  @RequirePermission('rules:write')
  @ApiOperation({ operationId: 'createRule', summary: 'Create a rule: it counts for every start from now on' })
  @ApiBody({ type: CreateRuleDto, examples: bodyExamples })
  @ApiCreatedResponse({ type: RuleDto })
  @ApiErrors(409, 422)
  async create(
    @Body() rule: CreateRuleDto,
    @SentBody() sent: unknown,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<RuleDto>> {
    return this.rules.create(rule, sent, actor);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getRule', summary: 'Read a rule, and what looks like a mistake about it' })
  @ApiOkResponse({ type: RuleDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<RuleDto> {
    return this.rules.get(accountId, id);
  }

  @Patch(':id')
  @WithEtag()
  @RequirePermission('rules:write')
  @ApiOperation({ operationId: 'updateRule', summary: 'Change a rule: it counts for every start from now on' })
  @ApiBody({ type: UpdateRuleDto })
  @ApiOkResponse({ type: RuleDto })
  @ApiErrors(404, 409, 412, 422)
  async update(
    @Param() { id }: IdParams,
    @SentBody() changes: unknown,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<RuleDto> {
    return this.rules.update(id, changes, ifMatch, actor);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('rules:write')
  @ApiOperation({
    operationId: 'deleteRule',
    summary: 'Delete a rule: it counts for no start from now on; its revisions and violations stay',
  })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiErrors(404, 412)
  async delete(
    @Param() { id }: IdParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.rules.delete(id, ifMatch, actor);
  }

  @Get(':id/revisions')
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'listRuleRevisions',
    summary: 'List what a rule was, when and by whom, newest first; of a deleted rule too',
  })
  @Paged(RuleRevisionDto)
  @ApiErrors(404)
  async revisions(
    @Param() { id }: IdParams,
    @Query() query: PageQuery,
    @CurrentActor() { accountId }: Actor,
  ): Promise<Page<RuleRevisionDto>> {
    return this.rules.revisions(accountId, id, query);
  }
}
