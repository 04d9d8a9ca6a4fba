import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../auth/current-actor.decorator.js';
import { RequirePermission } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { WithEtag } from '../common/http/etag.interceptor.js';
import { IfMatch } from '../common/http/if-match.decorator.js';
import { AccountDto, UpdateAccountDto } from './account.dto.js';
import { toAccountDto } from './account.mapper.js';
import { AccountService } from './account.service.js';

/** The settings of the account that the credential belongs to. */
@ApiTags('account')
@Controller('account')
export class AccountController {
  constructor(private readonly account: AccountService) {}

  @Get()
  @WithEtag()
  @RequirePermission('read')
  @ApiOperation({ operationId: 'getAccount', summary: 'Read the settings of the account' })
  @ApiOkResponse({ type: AccountDto })
  @ApiErrors()
  async get(@CurrentActor() { accountId }: Actor): Promise<AccountDto> {
    return toAccountDto(await this.account.get(accountId));
  }

  @Patch()
  @WithEtag()
  @RequirePermission('account:write')
  @ApiOperation({ operationId: 'updateAccount', summary: 'Change the settings of the account' })
  @ApiOkResponse({ type: AccountDto })
  @ApiErrors(412, 422)
  async update(
    @Body() changes: UpdateAccountDto,
    @IfMatch() ifMatch: string | null,
    @CurrentActor() actor: Actor,
  ): Promise<AccountDto> {
    return toAccountDto(await this.account.update(changes, ifMatch, actor));
  }
}
