import { describe, expect, it } from '@jest/globals';
import { permissions } from '../src/auth/permissions.js';
import { createPerson } from './support/create-person.js';
import { Pipeline } from './support/pipeline.js';
import { testStart, useVersioner } from './support/use-versioner.js';

const everyPermission = Object.keys(permissions);

describe('GET /me', () => {
  const bed = useVersioner();
  const me = async (secret: string): Promise<unknown> => {
    const { status, body } = await new Pipeline(bed.versioner.url, secret).get('/me');
    expect(status).toBe(200);
    return body;
  };

  it('tells a person what they may do and approve', async () => {
    const fields = { name: 'Mona', approver_roles: ['team-lead'], logins: ['octocat'] };
    const { userId, email, token } = await createPerson(bed.versioner, 'qa', fields);
    expect(await me(token)).toEqual({
      kind: 'person',
      id: userId,
      ...fields,
      account: 'default',
      email,
      role: 'qa',
      scopes: [],
      products: [],
      environments: [],
      permissions: ['read', 'tokens:own', 'slots:approve', 'versions:approve'],
      approval_types: ['qa', 'performance'],
      created_at: testStart,
    });
  });

  it('tells a viewer who approves that they may, and one who does not that they may not', async () => {
    const approver = await createPerson(bed.versioner, 'viewer', { approver_roles: ['team-lead'] });
    expect(await me(approver.token)).toMatchObject({
      permissions: ['read', 'tokens:own', 'versions:approve'],
      approval_types: [],
    });
    const viewer = await createPerson(bed.versioner, 'viewer');
    expect(await me(viewer.token)).toMatchObject({ permissions: ['read', 'tokens:own'], approval_types: [] });
  });

  it('tells a service account its role, which approves nothing', async () => {
    const { userId, token } = await createPerson(bed.versioner, 'admin', { kind: 'service', name: 'terraform' });
    expect(await me(token)).toEqual({
      kind: 'service',
      id: userId,
      name: 'terraform',
      account: 'default',
      email: null,
      role: 'admin',
      approver_roles: [],
      logins: [],
      scopes: [],
      products: [],
      environments: [],
      permissions: everyPermission.filter((permission) => !permission.endsWith(':approve')),
      approval_types: [],
      created_at: testStart,
    });
  });

  it('tells an API key its scopes, whatever they are', async () => {
    const made = await bed.admin.post('/api-keys/', { name: 'ci', scopes: ['preflight:skip', 'events:write'] });
    const { id, key } = made.body as { id: string; key: string };
    expect(await me(key)).toEqual({
      kind: 'api_key',
      id,
      name: 'ci',
      account: 'default',
      email: null,
      role: null,
      approver_roles: [],
      logins: [],
      scopes: ['preflight:skip', 'events:write'],
      products: [],
      environments: [],
      permissions: ['deployments:write'],
      approval_types: [],
      created_at: testStart,
    });
  });

  it('tells an API key what it is narrowed to', async () => {
    await bed.report({ product_name: 'shop', environment_name: 'staging' });
    const places = { products: ['shop'], environments: ['staging'] };
    const { key } = (await bed.admin.post('/api-keys/', { name: 'ci', ...places })).body as { key: string };
    expect(await me(key)).toMatchObject({ products: [{ name: 'shop' }], environments: [{ name: 'staging' }] });
  });

  it('tells of a new role at once', async () => {
    const { userId, token } = await createPerson(bed.versioner, 'viewer');
    expect(await me(token)).toMatchObject({ role: 'viewer' });
    await bed.admin.patch(`/users/${userId}`, { role: 'admin' });
    expect(await me(token)).toMatchObject({ role: 'admin', permissions: everyPermission });
    expect((await new Pipeline(bed.versioner.url, token).get('/users/')).status).toBe(200);
  });
});
