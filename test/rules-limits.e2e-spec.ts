import { describe, expect, it } from '@jest/globals';
import { useVersioner } from './support/use-versioner.js';

const cooldown = { type: 'cooldown', config: { minutes: 5 } };

describe('rules', () => {
  const bed = useVersioner();

  it('are warned of keys that they do not have: a misspelt scope is a rule that applies everywhere', async () => {
    const created = await bed.admin.post('/deployment-rules/', { ...cooldown, name: 'a', environment: ['production'] });
    expect([created.status, created.body]).toMatchObject([
      201,
      { environments: [], warnings: ['"environment" was ignored: a rule has no such key'] },
    ]);
    const { id } = created.body as { id: string };
    const changed = await bed.admin.patch(`/deployment-rules/${id}`, { statsu: 'disabled' });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { status: 'enabled', revision: 1, warnings: ['"statsu" was ignored: a rule has no such key'] },
    ]);
  });

  it('are 1,000 at most', async () => {
    const first = await bed.admin.post('/deployment-rules/', { ...cooldown, name: 'rule 0' });
    await bed.database.query(
      `INSERT INTO deployment_rules (account_id, id, revision, name, name_key, type, status, config, created_at, updated_at)
       SELECT account_id, gen_random_uuid(), 1, 'rule ' || n, 'rule ' || n, type, status, config, created_at, updated_at
       FROM deployment_rules, generate_series(1, 999) AS n`,
    );
    const { status, body } = await bed.admin.post('/deployment-rules/', { ...cooldown, name: 'one more' });
    expect([status, body]).toEqual([
      409,
      { detail: 'There are 1000 rules already, as many as an account may have: delete one first' },
    ]);
    const { id } = first.body as { id: string };
    await bed.admin.delete(`/deployment-rules/${id}`);
    expect((await bed.admin.post('/deployment-rules/', { ...cooldown, name: 'one more' })).status).toBe(201);
  });
});
