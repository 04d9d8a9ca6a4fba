import { approvalGivers, type Permission, permissions, roles, type Scope, scopes } from './permissions.js';
import type { ApprovalType } from '../preflight/checks/check.js';

/** What each permission is for. A `Record`, so that a new one does not compile until it is explained. */
const meanings: Record<Permission, string> = {
  read: 'every GET but those named below; dry run, back-test, replay, calendar',
  'tokens:own': "one's own personal access tokens",
  'products:write': 'create, change and archive products',
  'environments:write': 'create, change and archive environments',
  'requests:write': 'deployment requests',
  'deployments:write': 'events, abort',
  'rules:write': 'deployment rules',
  'variables:write': 'variables and templates',
  'slots:approve': 'approve slots of deployment requests, of the types that the role may give',
  'versions:approve': 'approve versions, as told below',
  'overrides:create': 'override pre-flight checks in an emergency',
  'integrations:write': 'notifications and feed tokens',
  'keys:read': 'list API keys',
  'keys:write': 'create, change, rotate and revoke API keys',
  'users:read': 'list users',
  'users:write': 'create and change users, and the tokens of others',
  'account:write': 'the settings of the account',
  export: 'exports',
  'audit:read': 'the audit log',
};

const scopeMeanings: Record<Scope, string> = {
  'events:write': 'what a key gets unless it asks for more: events, dry run, abort',
  read: 'what `read` allows',
  'preflight:skip': 'may send `skip_preflight_checks`',
};

const typeMeanings: Record<ApprovalType, string> = {
  uat: 'user acceptance',
  qa: 'quality assurance',
  performance: 'performance',
  security: 'security',
  code_review: 'code review',
  compliance: 'compliance',
};

/** An operation of the OpenAPI document, and whom it says that it lets in. */
export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  /** `x-permission`. */
  readonly permission: string;
}

/** The page docs/permissions.md, made from the table that the guard reads and from the routes that there are. */
export function permissionsPage(operations: readonly DocumentedOperation[]): string {
  const asking = (permission: string) =>
    operations
      .filter((operation) => operation.permission.split(' or ').includes(permission))
      .map(({ method, path }) => `\`${method} ${path}\``)
      .join(', ');
  const routeRows = (Object.keys(permissions) as Permission[]).map((permission) => [
    `\`${permission}\``,
    asking(permission) || 'no route yet',
  ]);
  const rows = (Object.keys(permissions) as Permission[]).map((permission) => [
    `\`${permission}\`: ${meanings[permission]}`,
    ...ticks(permissions[permission].roles),
  ]);
  const typeRows = (Object.keys(approvalGivers) as ApprovalType[]).map((type) => [
    `\`${type}\`: ${typeMeanings[type]}`,
    ...ticks(approvalGivers[type]),
  ]);
  const scopeRows = scopes.map((scope) => [`\`${scope}\``, scopeMeanings[scope], permissionsOf(scope)]);
  return `# Who may do what

Made from \`src/auth/permissions.ts\` and the routes of the service by \`npm run docs\`; a test holds them equal. Each
operation of the API names the permission that it asks for, in \`/openapi.json\` as \`x-permission\`. What no row gives,
nobody has.

A refusal (403) never says what was missing. \`GET /me/\` lists under \`permissions\` what the credential holds; the log
line with the answer's \`X-Request-Id\` names the permission that it did not hold.

## People, by role

${table(['permission', ...roles], rows)}

## Approvals of a version

An approval is given by a person. One of a type is given by whose role may give it:

${table(['type', ...roles], typeRows)}

One without a type is given by whose role holds \`versions:approve\` above, and by everybody with an approver role: a
free name such as \`team-lead\` that an admin gives to people (\`approver_roles\`) and that rules ask for. So
\`versions:approve\` is held besides by everybody with an approver role, and by every role that may give a type. Service
accounts and API keys approve nothing, whatever their role or scope.

## API keys, by scope

${table(['scope', 'for', 'permissions'], scopeRows)}

A key that is narrowed to products or environments may use only the operations that the OpenAPI document marks with
\`x-narrowed-keys\`, and there only what lies inside: see [API keys](api-keys.md).

## Operations, by permission

One that stands in two rows asks for either.

${table(['permission', 'operations'], routeRows)}

Anybody with a good credential: ${asking('authenticated')}. What somebody may do there is judged by the operation itself.

Without a credential: ${asking('public')}. A badge is opened by a feed token in its address, and an invitation by the
token that came with it.
`;
}

function ticks(holders: readonly string[]): string[] {
  return roles.map((role) => (holders.includes(role) ? '✓' : ''));
}

function permissionsOf(scope: Scope): string {
  const held = (Object.keys(permissions) as Permission[]).filter((permission) =>
    (permissions[permission].scopes as readonly string[]).includes(scope),
  );
  return held.map((permission) => `\`${permission}\``).join(', ') || '—';
}

/** A Markdown table, its columns aligned as Prettier would. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
