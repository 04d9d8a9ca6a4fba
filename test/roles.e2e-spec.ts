import { describe, expect, it } from '@jest/globals';
import { permissions, roles, scopes } from '../src/auth/permissions.js';
import { createPerson } from './support/create-person.js';
import { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

type Role = { role: string; permissions: string[]; approval_types: string[] };
type Scope = { scope: string; permissions: string[] };

describe('roles', () => {
  const bed = useVersioner();

  it('are listed with what they may do and approve', async () => {
    const listed = (await bed.admin.get('/roles/')).body as Role[];
    expect(listed.map(({ role }) => role)).toEqual(roles);
    const byRole = new Map(listed.map((role) => [role.role, role]));
    expect(byRole.get('admin')!.permissions).toEqual(Object.keys(permissions));
    expect(byRole.get('qa')).toEqual({
      role: 'qa',
      permissions: ['read', 'tokens:own', 'slots:approve', 'versions:approve'],
      approval_types: ['qa', 'performance'],
    });
    expect(byRole.get('viewer')).toEqual({ role: 'viewer', permissions: ['read', 'tokens:own'], approval_types: [] });
  });

  it('say of everybody what GET /me and GET /users/{id} say, whatever the role', async () => {
    const listed = (await bed.admin.get('/roles/')).body as Role[];
    for (const { role, permissions: held, approval_types } of listed) {
      const { userId, token } = await createPerson(bed.versioner, role);
      const rights = { role, permissions: held, approval_types };
      expect((await bed.admin.get(`/users/${userId}`)).body).toMatchObject(rights);
      const own = new Pipeline(bed.versioner.url, token);
      expect((await own.get('/me')).body).toMatchObject(rights);
      // Everybody may ask.
      expect((await own.get('/roles/')).body).toEqual(listed);
    }
  });

  it('of a service account approve nothing, and approver roles let approve', async () => {
    const robot = await createPerson(bed.versioner, 'qa', { kind: 'service' });
    expect((await bed.admin.get(`/users/${robot.userId}`)).body).toMatchObject({
      permissions: ['read', 'tokens:own'],
      approval_types: [],
    });
    const lead = await createPerson(bed.versioner, 'viewer', { approver_roles: ['team-lead'] });
    expect((await bed.admin.get(`/users/${lead.userId}`)).body).toMatchObject({
      permissions: ['read', 'tokens:own', 'versions:approve'],
    });
  });

  it('are to keys what their scopes are, which are listed too', async () => {
    const listed = (await bed.admin.get('/scopes/')).body as Scope[];
    expect(listed.map(({ scope }) => scope)).toEqual(scopes);
    for (const { scope, permissions: held } of listed) {
      const { body } = await bed.admin.post('/api-keys/', { name: scope, scopes: [scope] });
      const own = new Pipeline(bed.versioner.url, (body as { key: string }).key);
      expect((await own.get('/me')).body).toMatchObject({ permissions: held });
      for (const path of ['/roles/', '/scopes/']) {
        expect((await own.get(path)).status).toBe(held.includes('read') ? 200 : 403);
      }
    }
  });
});
