import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { roles, scopes } from './permissions.js';
import { RequirePermission } from './require-permission.decorator.js';
import { RoleDto, ScopeDto } from './roles.dto.js';
import { toRoleDto, toScopeDto } from './roles.mapper.js';

/** Who may do what, from the table that the guard goes by. */
@ApiTags('roles')
@Controller()
export class RolesController {
  @Get('roles')
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listRoles', summary: 'List every role, with what it may do and approve' })
  @ApiOkResponse({ type: [RoleDto] })
  @ApiErrors()
  listRoles(): RoleDto[] {
    return roles.map(toRoleDto);
  }

  @Get('scopes')
  @RequirePermission('read')
  @ApiOperation({ operationId: 'listScopes', summary: 'List every scope of API keys, with what it allows' })
  @ApiOkResponse({ type: [ScopeDto] })
  @ApiErrors()
  listScopes(): ScopeDto[] {
    return scopes.map(toScopeDto);
  }
}
