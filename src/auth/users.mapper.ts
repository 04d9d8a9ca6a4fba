import { nameKey } from '../catalog/name-key.js';
import { toWireTime } from '../common/wire-time.js';
import type { Role, UserKind } from './permissions.js';
import type { UpdateUserDto, UserDto } from './users.dto.js';

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

export function toUserDto(user: UserView): UserDto {
  return {
    id: user.id,
    kind: user.kind,
    email: user.email,
    name: user.name,
    role: user.role,
    approver_roles: [...user.approverRoles],
    logins: [...user.logins],
    created_at: toWireTime(user.createdAt),
    updated_at: toWireTime(user.updatedAt),
    deactivated_at: user.deactivatedAt && toWireTime(user.deactivatedAt),
  };
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
