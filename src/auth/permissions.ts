import type { ApprovalType } from '../preflight/checks/check.js';

/** The ten roles, in the order of the table in the documentation. */
export const roles = [
  'admin',
  'release_manager',
  'product',
  'developer',
  'sre',
  'qa',
  'security',
  'compliance',
  'billing',
  'viewer',
] as const;
export type Role = (typeof roles)[number];

/** What an API key may be given instead of a role. */
export const scopes = ['events:write', 'read', 'preflight:skip'] as const;
export type Scope = (typeof scopes)[number];

/** A human being, or a program that acts under a role of its own. */
export const userKinds = ['person', 'service'] as const;
export type UserKind = (typeof userKinds)[number];

interface Holders {
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
}

const everyRole = roles;

/**
 * The single source of who may do what: the guard, the OpenAPI document and docs/permissions.md read it.
 * A permission lists the roles that hold it, and the scopes of an API key that hold it.
 */
export const permissions = {
  read: { roles: everyRole, scopes: ['read'] },
  'tokens:own': { roles: everyRole, scopes: [] },
  'products:write': { roles: ['admin', 'release_manager'], scopes: [] },
  'environments:write': { roles: ['admin', 'release_manager', 'sre'], scopes: [] },
  'requests:write': { roles: ['admin', 'release_manager', 'product', 'developer'], scopes: [] },
  'deployments:write': { roles: ['admin', 'release_manager', 'developer', 'sre'], scopes: ['events:write'] },
  'rules:write': { roles: ['admin', 'release_manager', 'sre'], scopes: [] },
  'variables:write': { roles: ['admin', 'release_manager', 'sre'], scopes: [] },
  'slots:approve': {
    roles: ['admin', 'release_manager', 'product', 'developer', 'sre', 'qa', 'security', 'compliance'],
    scopes: [],
  },
  'versions:approve': {
    roles: ['admin', 'release_manager', 'product', 'sre', 'qa', 'security', 'compliance'],
    scopes: [],
  },
  'overrides:create': { roles: ['admin', 'release_manager'], scopes: [] },
  'integrations:write': { roles: ['admin', 'sre'], scopes: [] },
  'keys:read': { roles: ['admin', 'developer'], scopes: [] },
  'keys:write': { roles: ['admin'], scopes: [] },
  'users:read': { roles: ['admin'], scopes: [] },
  'users:write': { roles: ['admin'], scopes: [] },
  'account:write': { roles: ['admin'], scopes: [] },
  export: { roles: ['admin'], scopes: [] },
  'audit:read': { roles: ['admin', 'release_manager', 'compliance'], scopes: [] },
} as const satisfies Record<string, Holders>;

export type Permission = keyof typeof permissions;

/** Whose role may give which type of approval; as much the single source as `permissions`. */
export const approvalGivers = {
  uat: ['admin', 'release_manager', 'product'],
  qa: ['admin', 'release_manager', 'qa'],
  performance: ['admin', 'release_manager', 'sre', 'qa'],
  security: ['admin', 'release_manager', 'security'],
  code_review: ['admin', 'release_manager', 'developer'],
  compliance: ['admin', 'release_manager', 'compliance'],
} as const satisfies Record<ApprovalType, readonly Role[]>;

/** What nobody but a person does: a program decides nothing in anybody's place, whatever its role. */
const forPeople: readonly Permission[] = ['slots:approve', 'versions:approve'];

/** Who asks. */
export interface Caller {
  /** Null: an API key. */
  readonly userKind: UserKind | null;
  readonly role: Role | null;
  readonly approverRoles: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * Whether somebody holds a permission. Nothing is held that the tables do not name, but for `versions:approve`, which
 * any approver role brings with it, and a role for the types that it may give: `mayApprove` says which approvals.
 */
export function holds(permission: Permission, by: Caller): boolean {
  if (isNamed(permission, by)) return true;
  return permission === 'versions:approve' && (isApprover(by) || approvalTypesOf(by).length > 0);
}

/** Every permission that somebody holds, in the order of the table. */
export function permissionsOf(by: Caller): Permission[] {
  return (Object.keys(permissions) as Permission[]).filter((permission) => holds(permission, by));
}

/**
 * Whether somebody may decide about a version: with a type whoever has a role that may give it, without one whoever
 * the table names or has an approver role.
 */
export function mayApprove(by: Caller, type: ApprovalType | null): boolean {
  return type === null ? isNamed('versions:approve', by) || isApprover(by) : approvalTypesOf(by).includes(type);
}

/** The types of approval that somebody may give. */
export function approvalTypesOf({ userKind, role }: Caller): ApprovalType[] {
  if (userKind !== 'person' || role === null) return [];
  const types = Object.keys(approvalGivers) as ApprovalType[];
  return types.filter((type) => (approvalGivers[type] as readonly Role[]).includes(role));
}

function isNamed(permission: Permission, by: Caller): boolean {
  if (by.userKind === 'service' && forPeople.includes(permission)) return false;
  const { roles: named, scopes: carried }: Holders = permissions[permission];
  return (by.role !== null && named.includes(by.role)) || carried.some((scope) => by.scopes.includes(scope));
}

function isApprover({ userKind, approverRoles }: Caller): boolean {
  return userKind === 'person' && approverRoles.length > 0;
}
