import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { toRuleViolationDto } from './rule-violations.mapper.js';
import { RuleViolationDto } from './rule-violations.dto.js';
import { RuleViolationsQuery } from './rule-violations.query.js';
import { RuleViolationsService } from './rule-violations.service.js';

/** What rules have found: the violations of every attempt that was recorded, enforced or not. */
@ApiTags('deployment-rules')
@Controller('deployment-rules/violations')
export class RuleViolationsController {
  constructor(private readonly violations: RuleViolationsService) {}

  @Get()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listRuleViolations', summary: 'List violations of rules, newest first' })
  @Paged(RuleViolationDto)
  @ApiErrors()
  async list(
    @Query() query: RuleViolationsQuery,
    @CurrentActor() { accountId }: Actor,
  ): Promise<Page<RuleViolationDto>> {
    return mapPage(await this.violations.list(accountId, query), toRuleViolationDto);
  }
}
