import { expect, it } from '@jest/globals';
import { expectUnavailable } from '../support/expect-unavailable.js';
import { useVersioner } from '../support/use-versioner.js';

const bed = useVersioner();

/** From here on PostgreSQL says on every write to this table what it says when its disk is full. */
async function fillDiskAt(table: string): Promise<void> {
  await bed.database.query(`
    CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`);
  await bed.database.query(
    `CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION disk_full()`,
  );
}

async function freeDiskAt(table: string): Promise<void> {
  await bed.database.query(`DROP TRIGGER disk_full ON ${table}`);
}

it.each(['deployments', 'deployment_events', 'environment_states', 'preflight_checks'])(
  'a disk that is full at %s: 503, nothing half-written, and no restart needed afterwards',
  async (table) => {
    await bed.report({ version: '1.0.0', status: 'completed' });
    const before = await bed.written();

    await fillDiskAt(table);
    expectUnavailable(await bed.report());
    expect(await bed.written()).toEqual(before);

    await freeDiskAt(table);
    expect(await bed.report()).toMatchObject({ status: 201, body: { version: '1.2.3', status: 'started' } });
  },
);

it('a disk that is full under an admin operation: 503, and neither the change nor its audit row', async () => {
  await fillDiskAt('audit_log');
  expectUnavailable(await bed.admin.post('/api-keys/', { name: 'another' }));
  await freeDiskAt('audit_log');
  expect((await bed.admin.get('/api-keys/')).body).toHaveLength(1);
});
