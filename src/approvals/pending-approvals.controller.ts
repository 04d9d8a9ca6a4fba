import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page, PageQuery } from '../common/http/pagination.js';
import { PendingApprovalDto } from './pending-approval.dto.js';
import { toPendingApprovalDto } from './pending-approval.mapper.js';
import { PendingApprovalsService } from './pending-approvals.service.js';

/** What waits for the caller. */
@ApiTags('me')
@Controller('me/pending-approvals')
export class PendingApprovalsController {
  constructor(private readonly pending: PendingApprovalsService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({
    operationId: 'listPendingApprovals',
    summary:
      'List the versions whose last start, within 30 days, was blocked for want of an approval that one could give, newest first',
  })
  @Paged(PendingApprovalDto)
  @ApiErrors()
  async list(@Query() query: PageQuery, @CurrentActor() actor: Actor): Promise<Page<PendingApprovalDto>> {
    return mapPage(await this.pending.list(actor, query), toPendingApprovalDto);
  }
}
