import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { nameKey } from '../src/catalog/name-key.js';
import { useVersioner } from './support/use-versioner.js';

const freeze = {
  type: 'schedule',
  config: { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] },
};
const migration = new URL('../prisma/migrations/20261122115300_fold_look_alike_names/migration.sql', import.meta.url);

describe('names that look alike', () => {
  const bed = useVersioner();

  it.each(['pro\u200bd', '\uff30\uff32\uff2f\uff24', '\u202eprod', 'prod\ufeff', ' prod\u00a0'])(
    'are one name, so that %j does not get past a rule',
    async (environment_name) => {
      const { environment_id } = (await bed.report({ environment_name: 'prod', status: 'completed' })).body as {
        environment_id: string;
      };
      await bed.admin.post('/deployment-rules/', { ...freeze, name: 'freeze', environments: ['prod'] });
      const refused = await bed.report({ environment_name, version: '2' });
      expect([refused.status, refused.body]).toEqual([
        423,
        expect.objectContaining({ details: expect.objectContaining({ environment_id }) }),
      ]);
    },
  );

  it.each(['prod:1', '\uff30\uff52\uff4f\uff44', 'eu(prod)', 'pr\u2060od'])(
    'have the type that people read: %j is production',
    async (environment_name) => {
      await bed.admin.post('/deployment-rules/', { ...freeze, name: 'freeze', environment_types: ['production'] });
      expect((await bed.report({ environment_name })).status).toBe(423);
    },
  );

  it('that are there already become one where that takes nothing from another', async () => {
    const [{ id: account }] = (await bed.rows('SELECT id FROM accounts')) as [{ id: string }];
    const old = [
      '\uff53hop',
      'pro\u200bd',
      'of\ufb01ce',
      '\u2121',
      'caf\u00e9',
      'twi\u200bn',
      'twin',
      '\u200b',
      '\u200d',
    ];
    for (const key of old) {
      await bed.rows(
        `WITH product AS (INSERT INTO products (account_id, id, name, created_at, updated_at)
           VALUES ($1, gen_random_uuid(), $2, now(), now()) RETURNING *)
         INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
         SELECT account_id, name, id, name, created_at FROM product`,
        [account, key],
      );
    }
    await bed.admin.post('/deployment-rules/', { ...freeze, name: 'freeze' });
    await bed.rows(`UPDATE deployment_rules SET product_keys = '{other,\uff53hop}'`);
    await bed.database.query(readFileSync(migration, 'utf8'));

    const keys = await bed.rows('SELECT name, name_key FROM product_names');
    const alike = ['twi\u200bn', 'twin'];
    expect(new Map(keys.map(({ name, name_key }) => [name, name_key]))).toEqual(
      new Map(old.map((name) => [name, alike.includes(name) ? name : nameKey(name)])),
    );
    expect(await bed.rows('SELECT product_keys FROM deployment_rules')).toEqual([{ product_keys: ['other', 'shop'] }]);
  });
});
