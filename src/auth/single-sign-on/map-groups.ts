import { type Role, roles } from '../permissions.js';
import { withoutDoubles } from '../users.mapper.js';

/** Which groups of the issuer make what; null: not theirs to say. */
export interface GroupMapping {
  readonly roles: ReadonlyMap<string, Role> | null;
  readonly approverRoles: ReadonlyMap<string, readonly string[]> | null;
}

/** What somebody's groups make of them; null: what they are already is left alone. */
export interface MappedRoles {
  readonly role: Role | null;
  readonly approverRoles: readonly string[] | null;
}

/**
 * What the groups of one person come to. Of several roles the one that stands first in the table of permissions; with
 * no group that is mapped `viewer`. Approver roles are those of all their groups, in the order of the mapping. Groups
 * are compared to the letter.
 */
export function mapGroups(groups: readonly string[], mapping: GroupMapping): MappedRoles {
  const held = new Set(groups);
  const valuesOf = <T>(map: ReadonlyMap<string, T>): T[] =>
    [...map].filter(([group]) => held.has(group)).map(([, value]) => value);
  const given = mapping.roles === null ? null : new Set(valuesOf(mapping.roles));
  return {
    role: given && (roles.find((role) => given.has(role)) ?? 'viewer'),
    approverRoles: mapping.approverRoles && withoutDoubles(valuesOf(mapping.approverRoles).flat()),
  };
}
