/**
 * Who may do what, written down a second time from the specification: nothing here is read from the code, so that an
 * edit of the code's table, or of one route's permission, cannot change what is expected of it.
 */
const table = `
| permission          | admin | release_manager | product | developer | sre | qa | security | compliance | billing | viewer |
| read                | ✓     | ✓               | ✓       | ✓         | ✓   | ✓  | ✓        | ✓          | ✓       | ✓      |
| tokens:own          | ✓     | ✓               | ✓       | ✓         | ✓   | ✓  | ✓        | ✓          | ✓       | ✓      |
| products:write      | ✓     | ✓               |         |           |     |    |          |            |         |        |
| environments:write  | ✓     | ✓               |         |           | ✓   |    |          |            |         |        |
| requests:write      | ✓     | ✓               | ✓       | ✓         |     |    |          |            |         |        |
| deployments:write   | ✓     | ✓               |         | ✓         | ✓   |    |          |            |         |        |
| rules:write         | ✓     | ✓               |         |           | ✓   |    |          |            |         |        |
| variables:write     | ✓     | ✓               |         |           | ✓   |    |          |            |         |        |
| slots:approve       | ✓     | ✓               | ✓       | ✓         | ✓   | ✓  | ✓        | ✓          |         |        |
| versions:approve    | ✓     | ✓               | ✓       |           | ✓   | ✓  | ✓        | ✓          |         |        |
| overrides:create    | ✓     | ✓               |         |           |     |    |          |            |         |        |
| integrations:write  | ✓     |                 |         |           | ✓   |    |          |            |         |        |
| keys:read           | ✓     |                 |         | ✓         |     |    |          |            |         |        |
| keys:write          | ✓     |                 |         |           |     |    |          |            |         |        |
| users:read          | ✓     |                 |         |           |     |    |          |            |         |        |
| users:write         | ✓     |                 |         |           |     |    |          |            |         |        |
| account:write       | ✓     |                 |         |           |     |    |          |            |         |        |
| export              | ✓     |                 |         |           |     |    |          |            |         |        |
| audit:read          | ✓     | ✓               |         |           |     |    |          | ✓          |         |        |
`;

const [head = [], ...rows] = table
  .trim()
  .split('\n')
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

export const roles: readonly string[] = head.slice(1);
export const permissions: readonly string[] = rows.map(([permission]) => permission!);

/** What the rows of one role's column say. */
export function heldByRole(role: string): Set<string> {
  const column = head.indexOf(role);
  if (column < 1) throw new Error(`The table has no role ${role}`);
  const held = new Set(rows.filter((row) => row[column] === '✓').map(([permission]) => permission!));
  // Also held by a role for the types that it may give: a developer gives code_review.
  if (role === 'developer') held.add('versions:approve');
  return held;
}

/** A service account holds a role, and may not approve. */
export function heldByService(role: string): Set<string> {
  return new Set([...heldByRole(role)].filter((permission) => !permission.endsWith(':approve')));
}

/** `versions:approve` is also held by anyone with an approver role. */
export function heldByApprover(role: string): Set<string> {
  return new Set([...heldByRole(role), 'versions:approve']);
}

const ofScope: Readonly<Record<string, readonly string[]>> = {
  'events:write': ['deployments:write'],
  read: ['read'],
  'preflight:skip': [],
};
export const scopes: readonly string[] = Object.keys(ofScope);

export function heldByScopes(given: readonly string[]): Set<string> {
  return new Set(given.flatMap((scope) => ofScope[scope]!));
}

type Rule = readonly [methods: 'GET' | 'write' | 'POST' | 'DELETE' | 'any', path: RegExp, permission: string];

/**
 * What the specification says of the routes, the first that fits. It names resources and not routes: a route that is
 * added below one of these is expected to ask for the same as the others there.
 */
const rules: readonly Rule[] = [
  ['GET', /^\/(health(\/live|\/ready)?|docs(\/assets\/\{file\})?|redoc|openapi\.json)$/, 'public'],
  ['GET', /^\/manage\/(deployments|versions|catalog)$/, 'public'],
  // Their token stands in the address.
  ['GET', /^\/badges\/\{product\}\/\{environment\}\.svg$/, 'public'],
  // Opened by the invitation alone, and by no other credential: nobody who is invited has one yet.
  ['POST', /^\/invitations\/accept$/, 'public'],
  ['any', /^\/me\/$/, 'authenticated'],
  ['any', /^\/personal-access-tokens\//, 'tokens:own'],
  ['GET', /^\/api-keys\//, 'keys:read'],
  ['write', /^\/api-keys\//, 'keys:write'],
  ['GET', /^\/(users|invitations|credentials)\//, 'users:read'],
  ['write', /^\/(users|invitations)\//, 'users:write'],
  ['write', /^\/account\//, 'account:write'],
  ['any', /^\/audit-log\//, 'audit:read'],
  ['any', /^\/export\b/, 'export'],
  ['POST', /^\/versions\/\{id\}\/approvals$/, 'versions:approve'],
  // One's own; an admin may withdraw a rejection.
  ['DELETE', /^\/versions\/\{id\}\/approvals\/\{approval_id\}$/, 'authenticated'],
  ['POST', /^\/preflight-checks\/$/, 'read or deployments:write'],
  ['POST', /^\/preflight-checks\/\{id\}\/replay$/, 'read'],
  ['POST', /^\/deployment-rules\/backtest$/, 'read'],
  ['write', /^\/deployment-rules\//, 'rules:write'],
  ['write', /^\/preflight-overrides\//, 'overrides:create'],
  ['write', /^\/(deployment-events|build-events|version-events|deployments)\//, 'deployments:write'],
  ['write', /^\/products\//, 'products:write'],
  ['write', /^\/environments\//, 'environments:write'],
  ['write', /^\/(feed-tokens|notification-[a-z]+)\//, 'integrations:write'],
  ['write', /^\/(variables|deployment-templates)\//, 'variables:write'],
  ['write', /^\/deployment-requests\//, 'requests:write'],
  ['GET', /./, 'read'],
];

/**
 * The permission that a route must ask for; several are joined by ` or `. A write to a resource that the specification
 * does not name must ask for what its document says, as long as that is a permission to write.
 */
export function expectedPermission(method: string, path: string, documented: string): string {
  const fits = ([methods, pattern]: Rule) =>
    (methods === 'any' || methods === method || (methods === 'write' && method !== 'GET')) && pattern.test(path);
  const rule = rules.find(fits);
  if (rule !== undefined) return rule[2];
  if (['read', 'public', 'authenticated'].includes(documented) || !permissions.includes(documented)) {
    return `a permission to write: ${method} ${path} is none that the specification lets everybody do`;
  }
  return documented;
}

/**
 * Whether an API key that is narrowed to some products or environments may use a route at all: what it may report and
 * ask, and the part of the account that it may read. Everything else is kept for the account as a whole.
 */
export function isOpenToNarrowed(method: string, path: string): boolean {
  if (path === '/me/' || path.endsWith('/approvals/{approval_id}')) return method !== 'GET' || path === '/me/';
  if (path.startsWith('/versions/{id}/approvals')) return false;
  const reports = /^\/(deployment-events|build-events|version-events|preflight-checks)\/$/;
  const reads = /^\/(products|environments|builds|versions|deployments|environment-states)\//;
  return method === 'GET' ? reads.test(path) : reports.test(path) || path === '/deployments/{id}/abort';
}

/** Whether somebody who holds these is let in. */
export function letsIn(asked: string, held: ReadonlySet<string>): boolean {
  return asked === 'public' || asked === 'authenticated' || asked.split(' or ').some((one) => held.has(one));
}
