import { nameKey } from '../catalog/name-key.js';
import { toWireTime } from '../common/wire-time.js';
import { approvalTypesOf, permissionsOf, type Role, type UserKind } from './permissions.js';
import type { CreatedInvitationDto } from './invitations.dto.js';
import type { CreatedUserDto, CreateUserDto, UpdateUserDto, UserDto } from './users.dto.js';
import type { UserFilter } from './users.repository.js';
import type { UsersQuery } from './users.query.js';

/** A person or service account, with what they may do now. */
export interface UserView {
  readonly id: string;
  readonly kind: UserKind;
  readonly email: string | null;
  readonly name: string;
  /** Null only where the database was changed by hand. */
  readonly role: Role | null;
  readonly approverRoles: readonly string[];
  readonly logins: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deactivatedAt: Date | null;
}

/** What may be changed of a user. */
export type UserChanges = Partial<
  Pick<UserView, 'email' | 'name' | 'role' | 'approverRoles' | 'logins'> & { readonly deactivated: boolean }
>;

/** Somebody who is to be made. */
export type NewUser = Pick<UserView, 'kind' | 'email' | 'name' | 'approverRoles' | 'logins'> & { readonly role: Role };

export function toUserDto(user: UserView): UserDto {
  const { kind: userKind, role, approverRoles, deactivatedAt } = user;
  const caller = deactivatedAt === null ? { userKind, role, approverRoles, scopes: [] } : nobody;
  return {
    id: user.id,
    kind: user.kind,
    email: user.email,
    name: user.name,
    role: user.role,
    approver_roles: [...user.approverRoles],
    logins: [...user.logins],
    permissions: permissionsOf(caller),
    approval_types: approvalTypesOf(caller),
    created_at: toWireTime(user.createdAt),
    updated_at: toWireTime(user.updatedAt),
    deactivated_at: user.deactivatedAt && toWireTime(user.deactivatedAt),
  };
}

/** @param invitation null where none was asked for */
export function toCreatedUserDto(user: UserView, invitation: CreatedInvitationDto | null): CreatedUserDto {
  return Object.assign(toUserDto(user), invitation && { invitation });
}

/** Who may do nothing. */
const nobody = { userKind: null, role: null, approverRoles: [], scopes: [] };

export function toNewUser({ kind, email, name, role, approver_roles, logins }: CreateUserDto): NewUser {
  const names = { approverRoles: withoutDoubles(approver_roles), logins: withoutDoubles(logins) };
  return { kind, email: email ?? null, name, role, ...names };
}

export function toUserFilter({ q, role, kind, active }: UsersQuery): UserFilter {
  return { text: q ?? null, roles: role ?? null, kinds: kind ?? null, active: active ?? null };
}

export function toUserChanges({ approver_roles, logins, ...changes }: UpdateUserDto): UserChanges {
  return {
    ...changes,
    ...(approver_roles === undefined ? {} : { approverRoles: withoutDoubles(approver_roles) }),
    ...(logins === undefined ? {} : { logins: withoutDoubles(logins) }),
  };
}

/** Each name once, whatever its letter case; the first spelling is kept. */
export function withoutDoubles(names: readonly string[]): string[] {
  const keys = names.map(nameKey);
  return names.filter((_, index) => keys.indexOf(keys[index]!) === index);
}
