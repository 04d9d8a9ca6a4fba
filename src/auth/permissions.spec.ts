import { describe, expect, it } from '@jest/globals';
import {
  approvalTypesOf,
  holds,
  mayApprove,
  type Permission,
  permissions,
  type Role,
  roles,
  scopes,
} from './permissions.js';

const keyWith = (...held: string[]) => ({ userKind: null, role: null, approverRoles: [], scopes: held });
const person = (role: Role | null, ...approverRoles: string[]) => {
  return { userKind: 'person', role, approverRoles, scopes: [] } as const;
};
const service = (role: Role) => ({ ...person(role), userKind: 'service' }) as const;
const types = ['uat', 'qa', 'performance', 'security', 'code_review', 'compliance'] as const;

describe('holds', () => {
  it.each(Object.keys(permissions) as Permission[])(
    '%s is held by an admin, and by nobody without role and scope',
    (permission) => {
      expect(holds(permission, person('admin'))).toBe(true);
      expect(holds(permission, person(null))).toBe(false);
      expect(holds(permission, keyWith('admin', permission === 'read' ? 'reads' : permission))).toBe(false);
    },
  );

  it('is what the specification says', () => {
    const letters = roles.map((role) => [
      role,
      (Object.keys(permissions) as Permission[]).filter((p) => holds(p, person(role))),
    ]);
    const everybody = ['read', 'tokens:own'];
    expect(Object.fromEntries(letters)).toEqual({
      admin: Object.keys(permissions),
      release_manager: [
        ...everybody,
        'products:write',
        'environments:write',
        'requests:write',
        'deployments:write',
        'rules:write',
        'variables:write',
        'slots:approve',
        'versions:approve',
        'overrides:create',
        'audit:read',
      ],
      product: [...everybody, 'requests:write', 'slots:approve', 'versions:approve'],
      developer: [
        ...everybody,
        'requests:write',
        'deployments:write',
        'slots:approve',
        'versions:approve',
        'keys:read',
      ],
      sre: [
        ...everybody,
        'environments:write',
        'deployments:write',
        'rules:write',
        'variables:write',
        'slots:approve',
        'versions:approve',
        'integrations:write',
      ],
      qa: [...everybody, 'slots:approve', 'versions:approve'],
      security: [...everybody, 'slots:approve', 'versions:approve'],
      compliance: [...everybody, 'slots:approve', 'versions:approve', 'audit:read'],
      billing: everybody,
      viewer: everybody,
    });
  });

  it.each([
    ['events:write', ['deployments:write']],
    ['read', ['read']],
    ['preflight:skip', []],
  ])('scope %s', (scope, held) => {
    expect(scopes).toContain(scope);
    expect(
      (Object.keys(permissions) as Permission[]).filter((permission) => holds(permission, keyWith(scope))),
    ).toEqual(held);
  });
});

describe('approvals', () => {
  it.each<[Role, readonly string[]]>([
    ['admin', types],
    ['release_manager', types],
    ['product', ['uat']],
    ['developer', ['code_review']],
    ['sre', ['performance']],
    ['qa', ['qa', 'performance']],
    ['security', ['security']],
    ['compliance', ['compliance']],
    ['billing', []],
    ['viewer', []],
  ])('role %s gives the types %j', (role, given) => {
    expect(approvalTypesOf(person(role))).toEqual(given);
    for (const type of types) {
      expect(mayApprove(person(role), type)).toBe(given.includes(type));
      expect(mayApprove(service(role), type)).toBe(false);
    }
    expect(approvalTypesOf(service(role))).toEqual([]);
    expect(holds('versions:approve', service(role))).toBe(false);
    expect(holds('slots:approve', service(role))).toBe(false);
  });

  it.each(roles)('role %s gives one without a type as the table says, and as an approver always', (role) => {
    const named = (permissions['versions:approve'].roles as readonly Role[]).includes(role);
    expect(mayApprove(person(role), null)).toBe(named);
    expect(mayApprove(person(role, 'team-lead'), null)).toBe(true);
    expect(holds('versions:approve', person(role, 'team-lead'))).toBe(true);
    expect(mayApprove(service(role), null)).toBe(false);
  });

  it('an approver role gives no type, whatever it is called', () => {
    for (const type of types) expect(mayApprove(person('viewer', ...types, 'admin'), type)).toBe(false);
  });

  it('an API key approves nothing', () => {
    const key = keyWith(...scopes, 'versions:approve');
    expect([holds('versions:approve', key), mayApprove(key, null), approvalTypesOf(key)]).toEqual([false, false, []]);
  });

  it('a service account holds everything else that its role does', () => {
    const held = (Object.keys(permissions) as Permission[]).filter((permission) => holds(permission, service('admin')));
    expect(held).toEqual(Object.keys(permissions).filter((permission) => !permission.endsWith(':approve')));
  });
});
