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

/** Whether a role or a set of scopes holds a permission. Nothing is held that the table does not name. */
export function holds(permission: Permission, by: { role: Role | null; scopes: readonly string[] }): boolean {
  const holders: Holders = permissions[permission];
  return (
    (by.role !== null && holders.roles.includes(by.role)) || holders.scopes.some((scope) => by.scopes.includes(scope))
  );
}
