import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import type { Actor } from './actor.js';
import { StaleCredentialDto } from './credential-report.dto.js';
import { toStaleCredentialDto } from './credential-report.mapper.js';
import { StaleCredentialsQuery } from './credential-report.query.js';
import { CredentialReportService } from './credential-report.service.js';
import { CurrentActor } from './current-actor.decorator.js';
import { RequirePermission } from './require-permission.decorator.js';

/** What of the account's ways in should be looked at. */
@ApiTags('users')
@Controller('credentials/stale')
export class CredentialReportController {
  constructor(private readonly report: CredentialReportService) {}

  @Get()
  @RequirePermission('users:read')
  @ApiOperation({
    operationId: 'listStaleCredentials',
    summary: 'List working keys, tokens and users that are unused, expire soon or were made by somebody deactivated',
  })
  @Paged(StaleCredentialDto)
  @ApiErrors()
  async list(
    @Query() query: StaleCredentialsQuery,
    @CurrentActor() { accountId }: Actor,
  ): Promise<Page<StaleCredentialDto>> {
    return mapPage(await this.report.list(accountId, query), toStaleCredentialDto);
  }
}
