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
import { CreatedInvitationDto, CreateInvitationDto, InvitationDto, InvitationParams } from './invitations.dto.js';
import { toInvitationDto } from './invitations.mapper.js';
import { InvitationsService } from './invitations.service.js';
import { RequirePermission } from './require-permission.decorator.js';

/** The invitations of one person. */
@ApiTags('users')
@Controller('users/:id/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Get()
  @RequirePermission('users:read')
  @ApiOperation({
    operationId: 'listInvitations',
    summary: 'List the invitations of a person, used and revoked ones too, newest first',
  })
  @Paged(InvitationDto)
  @ApiErrors(404)
  async list(
    @Param() { id }: IdParams,
    @Query() query: PageQuery,
    @CurrentActor() { accountId }: Actor,
  ): Promise<Page<InvitationDto>> {
    return mapPage(await this.invitations.list(accountId, id, query), toInvitationDto);
  }

  @Post()
  @Answers()
  @RequirePermission('users:write')
  @ApiOperation({
    operationId: 'createInvitation',
    summary: 'Invite a person; the answer shows the invitation, this once, and an earlier one is revoked',
  })
  @ApiCreatedResponse({ type: CreatedInvitationDto })
  @ApiErrors(404, 409, 422)
  async create(
    @Param() { id }: IdParams,
    @Body() invitation: CreateInvitationDto,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<CreatedInvitationDto>> {
    return this.invitations.create(id, invitation, actor);
  }

  @Get(':invitation_id')
  @WithEtag()
  @RequirePermission('users:read')
  @ApiOperation({ operationId: 'getInvitation', summary: 'Read an invitation' })
  @ApiOkResponse({ type: InvitationDto })
  @ApiErrors(404)
  async get(
    @Param() { id, invitation_id }: InvitationParams,
    @CurrentActor() { accountId }: Actor,
  ): Promise<InvitationDto> {
    return toInvitationDto(await this.invitations.get(accountId, id, invitation_id));
  }

  @Delete(':invitation_id')
  @HttpCode(204)
  @RequirePermission('users:write')
  @ApiOperation({ operationId: 'revokeInvitation', summary: 'Revoke an invitation: it stops working at once' })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiErrors(404, 409, 412)
  async revoke(
    @Param() { id, invitation_id }: InvitationParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.invitations.revoke(id, invitation_id, ifMatch, actor);
  }
}
