import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { holds, type Permission, permissions, type Role, roles, scopes } from './permissions.js';
import { permissionsPage } from './permissions-page.js';

const keyWith = (...held: string[]) => ({ role: null, scopes: held });
const person = (role: Role) => ({ role, scopes: [] });

describe('holds', () => {
  it.each(Object.keys(permissions) as Permission[])(
    '%s is held by an admin, and by nobody without role and scope',
    (permission) => {
      expect(holds(permission, person('admin'))).toBe(true);
      expect(holds(permission, { role: null, scopes: [] })).toBe(false);
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
      developer: [...everybody, 'requests:write', 'deployments:write', 'slots:approve', 'keys:read'],
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

it('docs/permissions.md is made from the table', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/permissions.md'), 'utf8');
  expect(page).toBe(permissionsPage());
});
