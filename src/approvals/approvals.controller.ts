import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { Authenticated, RequirePermission } from '../auth/require-permission.decorator.js';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page, PageQuery } from '../common/http/pagination.js';
import { ApprovalDto, ApprovalParams, CreateApprovalDto } from './approval.dto.js';
import { toApprovalDto } from './approval.mapper.js';
import { ApprovalsService } from './approvals.service.js';

/** What people have decided about a version. */
@ApiTags('approvals')
@Controller('versions/:id/approvals')
export class ApprovalsController {
  constructor(private readonly approvals: ApprovalsService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'listApprovals',
    summary: 'List what was decided about a version, withdrawn decisions too, newest first',
  })
  @Paged(ApprovalDto)
  @ApiErrors(404)
  async list(
    @Param() { id }: IdParams,
    @Query() query: PageQuery,
    @CurrentActor() { accountId }: Actor,
  ): Promise<Page<ApprovalDto>> {
    return mapPage(await this.approvals.list(accountId, id, query), toApprovalDto);
  }

  @Post()
  @Answers()
  @RequirePermission('versions:approve')
  @ApiOperation({
    operationId: 'createApproval',
    summary: 'Approve or reject a version as it is now; a former decision in the same matter is withdrawn',
  })
  @ApiCreatedResponse({ type: ApprovalDto })
  @ApiErrors(404, 409, 422)
  async create(
    @Param() { id }: IdParams,
    @Body() decision: CreateApprovalDto,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<ApprovalDto>> {
    return this.approvals.create(id, decision, actor);
  }

  @Get(':approval_id')
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getApproval', summary: 'Read a decision about a version' })
  @ApiOkResponse({ type: ApprovalDto })
  @ApiErrors(404)
  async get(@Param() { id, approval_id }: ApprovalParams, @CurrentActor() { accountId }: Actor): Promise<ApprovalDto> {
    return toApprovalDto(await this.approvals.get(accountId, id, approval_id));
  }

  @Delete(':approval_id')
  @HttpCode(204)
  // Whoever has lost the role since must still be able to take back what they said.
  @Authenticated()
  @ApiOperation({
    operationId: 'withdrawApproval',
    summary: 'Withdraw one’s own decision, or as an admin somebody’s rejection; it stays on record',
  })
  @ApiNoContentResponse({ description: 'Withdrawn' })
  @ApiErrors(404, 412)
  async withdraw(
    @Param() { id, approval_id }: ApprovalParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.approvals.withdraw(id, approval_id, ifMatch, actor);
  }
}
