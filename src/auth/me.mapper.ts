import { toWireTime } from '../common/wire-time.js';
import { toNarrowedToDtos } from './api-keys.mapper.js';
import type { ShownApiKey } from './api-keys.repository.js';
import type { MeDto } from './me.dto.js';
import { approvalTypesOf, type Caller, permissionsOf } from './permissions.js';
import type { UserView } from './users.mapper.js';

/** Who is calling, as they are now, and the slug of their account. */
export type Me = { readonly account: string } & ({ readonly user: UserView } | { readonly key: ShownApiKey });

export function toMeDto(me: Me): MeDto {
  const { account } = me;
  if ('key' in me) {
    const { id, name, scopes, createdAt } = me.key;
    const nobody = { userKind: null, role: null, approverRoles: [], scopes };
    const person = { email: null, role: null, approver_roles: [], logins: [] };
    const created_at = toWireTime(createdAt);
    const narrowed = {
      products: toNarrowedToDtos(me.key.products),
      environments: toNarrowedToDtos(me.key.environments),
    };
    return { kind: 'api_key', id, name, account, ...person, scopes, ...narrowed, ...rightsOf(nobody), created_at };
  }
  const { id, kind, name, email, role, approverRoles, logins, createdAt } = me.user;
  return {
    kind,
    id,
    name,
    account,
    email,
    role,
    approver_roles: [...approverRoles],
    logins: [...logins],
    scopes: [],
    products: [],
    environments: [],
    ...rightsOf({ userKind: kind, role, approverRoles, scopes: [] }),
    created_at: toWireTime(createdAt),
  };
}

function rightsOf(by: Caller): Pick<MeDto, 'permissions' | 'approval_types'> {
  return { permissions: permissionsOf(by), approval_types: approvalTypesOf(by) };
}
