import { approvalTypesOf, type Caller, permissionsOf, type Role, type Scope } from './permissions.js';
import type { RoleDto, ScopeDto } from './roles.dto.js';

export function toRoleDto(role: Role): RoleDto {
  const person: Caller = { userKind: 'person', role, approverRoles: [], scopes: [] };
  return { role, permissions: permissionsOf(person), approval_types: approvalTypesOf(person) };
}

export function toScopeDto(scope: Scope): ScopeDto {
  return { scope, permissions: permissionsOf({ userKind: null, role: null, approverRoles: [], scopes: [scope] }) };
}
