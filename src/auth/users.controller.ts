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
import { RequirePermission } from './require-permission.decorator.js';
import { CreatedUserDto, CreateUserDto, UpdateUserDto, UserDto } from './users.dto.js';
import { toUserChanges, toUserDto } from './users.mapper.js';
import { UsersQuery } from './users.query.js';
import { UsersService } from './users.service.js';

/** The people of the account, and the service accounts. They are kept for ever: what they have done names them. */
@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @RequirePermission('users:read')
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'List or search people and service accounts, deactivated ones too, newest first',
  })
  @Paged(UserDto)
  @ApiErrors()
  async list(@Query() query: UsersQuery, @CurrentActor() { accountId }: Actor): Promise<Page<UserDto>> {
    return mapPage(await this.users.list(accountId, query), toUserDto);
  }

  @Post()
  @Answers()
  @RequirePermission('users:write')
  @ApiOperation({
    operationId: 'createUser',
    summary:
      'Create a person or a service account; an invitation lets a person make a token, POST /personal-access-tokens/ makes one for them',
  })
  @ApiCreatedResponse({ type: CreatedUserDto })
  @ApiErrors(409, 422)
  async create(@Body() user: CreateUserDto, @CurrentActor() actor: Actor): Promise<Answer<CreatedUserDto>> {
    return this.users.create(user, actor);
  }

  @Get(':id')
  @WithEtag()
  @RequirePermission('users:read')
  @ApiOperation({ operationId: 'getUser', summary: 'Read a person or a service account' })
  @ApiOkResponse({ type: UserDto })
  @ApiErrors(404)
  async get(@Param() { id }: IdParams, @CurrentActor() { accountId }: Actor): Promise<UserDto> {
    return toUserDto(await this.users.get(accountId, id));
  }

  @Patch(':id')
  @WithEtag()
  @RequirePermission('users:write')
  @ApiOperation({
    operationId: 'updateUser',
    summary: 'Change a user; not one’s own role, nor the last active admin’s',
  })
  @ApiOkResponse({ type: UserDto })
  @ApiErrors(404, 409, 412, 422)
  async update(
    @Param() { id }: IdParams,
    @Body() changes: UpdateUserDto,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<UserDto> {
    return toUserDto(await this.users.update(id, toUserChanges(changes), ifMatch, actor));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('users:write')
  @ApiOperation({
    operationId: 'deactivateUser',
    summary:
      'Deactivate a user: their tokens stop within a second, an open invitation is revoked; PATCH with `deactivated: false` activates them again',
  })
  @ApiNoContentResponse({ description: 'Deactivated' })
  @ApiErrors(404, 409, 412)
  async deactivate(
    @Param() { id }: IdParams,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.users.update(id, { deactivated: true }, ifMatch, actor);
  }
}
