import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Answer, Answers } from '../common/http/answers.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IdParams } from '../common/http/id-params.dto.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { Paged } from '../common/http/page.interceptor.js';
import { mapPage, type Page } from '../common/http/pagination.js';
import type { Actor } from './actor.js';
import { CurrentActor } from './current-actor.decorator.js';
import {
  CreatedPersonalAccessTokenDto,
  CreatePersonalAccessTokenDto,
  PersonalAccessTokenDto,
  PersonalAccessTokensQuery,
  UpdatePersonalAccessTokenDto,
} from './personal-access-tokens.dto.js';
import { toPersonalAccessTokenDto } from './personal-access-tokens.mapper.js';
import { PersonalAccessTokensService } from './personal-access-tokens.service.js';
import { RequirePermission } from './require-permission.decorator.js';

/** The tokens with which people call. */
@ApiTags('personal-access-tokens')
@Controller('personal-access-tokens')
export class PersonalAccessTokensController {
  constructor(private readonly tokens: PersonalAccessTokensService) {}

  @Get()
  @RequirePermission('tokens:own')
  @ApiOperation({
    operationId: 'listPersonalAccessTokens',
    summary: 'List one’s tokens and sign-ins, revoked ones too, newest first',
  })
  @Paged(PersonalAccessTokenDto)
  @ApiErrors()
  async list(
    @Query() query: PersonalAccessTokensQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<PersonalAccessTokenDto>> {
    return mapPage(await this.tokens.list(query, actor), toPersonalAccessTokenDto);
  }

  @Post()
  @Answers()
  @RequirePermission('tokens:own')
  @ApiOperation({
    operationId: 'createPersonalAccessToken',
    summary: 'Create a personal token; the answer shows it, this once',
  })
  @ApiCreatedResponse({ type: CreatedPersonalAccessTokenDto })
  @ApiErrors(409, 422)
  async create(
    @Body() token: CreatePersonalAccessTokenDto,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<CreatedPersonalAccessTokenDto>> {
    return this.tokens.create(token, actor);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('tokens:own')
  @ApiOperation({ operationId: 'getPersonalAccessToken', summary: 'Read a personal token' })
  @ApiOkResponse({ type: PersonalAccessTokenDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() actor: Actor): Promise<PersonalAccessTokenDto> {
    return toPersonalAccessTokenDto(await this.tokens.get(id, actor));
  }

  @Patch(':id')
  @WithEtag()
  @RequirePermission('tokens:own')
  @ApiOperation({
    operationId: 'updatePersonalAccessToken',
    summary: 'Rename a personal token, or let it expire earlier; the token itself stays the same',
  })
  @ApiOkResponse({ type: PersonalAccessTokenDto })
  @ApiErrors(404, 409, 412, 422)
  async update(
    @Param() { id }: IdParams,
    @Body() changes: UpdatePersonalAccessTokenDto,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<PersonalAccessTokenDto> {
    return toPersonalAccessTokenDto(await this.tokens.update(id, changes, ifMatch, actor));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('tokens:own')
  @ApiOperation({
    operationId: 'revokePersonalAccessToken',
    summary: 'Revoke a personal token: it stops working within a second',
  })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiErrors(404, 409, 412)
  async revoke(
    @Param() { id }: IdParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.tokens.revoke(id, ifMatch, actor);
  }
}
