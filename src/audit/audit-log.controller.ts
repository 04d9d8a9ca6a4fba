import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { LongRequest } from '../common/http/long-request.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import { sendJsonLines } from '../common/http/send-json-lines.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditEntryDto } from './audit-log.dto.js';
import { toAuditEntryDto } from './audit-log.mapper.js';
import { AuditExportQuery, AuditLogQuery } from './audit-log.query.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditVerificationDto, AuditVerifyQuery } from './audit-verify.dto.js';
import { AuditVerifyService } from './audit-verify.service.js';
import { readKnownHead } from './read-known-head.js';

/** Who changed what, and the proof that nothing is missing. */
@ApiTags('audit-log')
@Controller('audit-log')
export class AuditLogController {
  constructor(
    private readonly log: AuditLogService,
    private readonly exports: AuditExportService,
    private readonly verifications: AuditVerifyService,
  ) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperation({ operationId: 'listAuditLog', summary: 'List changes of state, newest first' })
  @Paged(AuditEntryDto)
  @ApiErrors()
  async list(
    @Query() query: AuditLogQuery,
    @CurrentActor() { accountId }: Actor,
    @LongRequest() hungUp: AbortSignal,
  ): Promise<Page<AuditEntryDto>> {
    return mapPage(await this.log.list(accountId, query, hungUp), toAuditEntryDto);
  }

  @Get('export')
  @RequirePermission('audit:read')
  @ApiOperation({
    operationId: 'exportAuditLog',
    summary:
      'Everything in the audit log, or the part of it that is asked for, as JSON Lines that can be verified offline',
    description:
      'A header, removed ranges, entries with their seals, entries that are not sealed yet, and a footer: a file without ' +
      'one is cut off. `npm run admin -- audit verify FILE` proves it without a database. docs/audit-log.md describes the lines.',
  })
  @ApiOkResponse({
    description: 'JSON Lines; whole seals always',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  @ApiErrors()
  async export(
    @Query() { from_seq, to_seq, from, to }: AuditExportQuery,
    @CurrentActor() { accountId, accountSlug }: Actor,
    @LongRequest() _: AbortSignal,
    @Res() response: Response,
  ): Promise<void> {
    const range = { fromSeq: from_seq ?? null, toSeq: to_seq ?? null, from: from ?? null, to: to ?? null };
    await sendJsonLines(response, this.exports.lines({ id: accountId, slug: accountSlug }, range));
  }

  @Get('verify')
  @RequirePermission('audit:read')
  @ApiOperation({
    operationId: 'verifyAuditLog',
    summary: 'Prove that nothing in the audit log was edited or removed, or say what was',
    description: 'Goes through the whole log. Faults are part of the answer, which is 200 with them, too.',
  })
  @ApiOkResponse({ type: AuditVerificationDto })
  @ApiErrors()
  async verify(
    @Query() { expect_head }: AuditVerifyQuery,
    @CurrentActor() { accountId }: Actor,
    @LongRequest() hungUp: AbortSignal,
  ): Promise<AuditVerificationDto> {
    return this.verifications.verify(
      accountId,
      { expectHead: readKnownHead(expect_head ?? null), trusted: null },
      hungUp,
    );
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('audit:read')
  @ApiOperation({ operationId: 'getAuditEntry', summary: 'Read one change of state' })
  @ApiOkResponse({ type: AuditEntryDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<AuditEntryDto> {
    return toAuditEntryDto(await this.log.get(accountId, id));
  }
}
