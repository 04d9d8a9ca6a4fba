import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { listReads } from '../support/list-reads.js';
import type { Pipeline } from '../support/pipeline.js';
import { ReplicatedBed } from '../support/replicated-bed.js';
import type { ServiceProcess } from '../support/service-process.js';

const lost = /^Lists are read from the primary, the read replica cannot be used/;
const alone = { WORKERS: '1' };
const back = 'Lists are read from the read replica';

describe('a read replica that cannot be used', () => {
  let bed: ReplicatedBed;
  /** One process, also with `npm run test:workers`: each process finds out for itself, and says so itself. */
  let service: ServiceProcess;
  let pipeline: Pipeline;
  let admin: Pipeline;
  let written = 0;

  beforeAll(async () => {
    bed = await ReplicatedBed.start();
    service = await bed.startService(alone);
    pipeline = bed.pipeline(service);
    admin = bed.admin(service);
    await eventually(async () => bed.isReplicated(service));
  });

  afterAll(async () => {
    await bed?.stop();
  });

  /** One start, and a list that must show it. */
  async function writeAndList(): Promise<void> {
    const product = `p${written++}`;
    const { status, body } = await pipeline.deploy({ product_name: product, version: '1' });
    expect(status).toBe(201);
    const reply = await admin.get(`/deployments/?product=${product}`);
    expect([reply.status, reply.body]).toMatchObject([200, [{ id: (body as { id: string }).id }]]);
  }

  /** What the log has said of the read replica since it began. */
  function said(by: ServiceProcess = service): string[] {
    return by.log.map(({ msg }) => String(msg)).filter((msg) => msg === back || lost.test(msg));
  }

  /** Holds through an outage: every list is answered by the primary and is new; the log names it once, and its end. */
  async function expectOutage(begin: () => Promise<unknown>, end: () => Promise<unknown>, why: RegExp): Promise<void> {
    const before = said().length;
    await begin();
    await eventually(async () => {
      await writeAndList();
      return said().length > before;
    });
    const during = await listReads(service.url);
    for (let i = 0; i < 20; i++) await writeAndList();
    expect((await listReads(service.url))['read_replica']).toBe(during['read_replica']);
    await end();
    await eventually(async () => {
      await writeAndList();
      return bed.isReplicated(service);
    });
    await eventually(() => said().length > before + 1);
    expect(said().slice(before)).toEqual([expect.stringMatching(why), back]);
  }

  it('behind: the primary answers until it has caught up', async () => {
    await expectOutage(
      async () => bed.standby.query('SELECT pg_wal_replay_pause()'),
      async () => bed.standby.query('SELECT pg_wal_replay_resume()'),
      /it is more than 150 ms behind$/,
    );
    expect((await listReads(service.url))['primary behind']).toBeGreaterThan(20);
  });

  it('stopped and started again', async () => {
    await expectOutage(
      async () => bed.standby.stop(),
      async () => bed.standby.startAgain(),
      lost,
    );
    expect((await listReads(service.url))['primary away']).toBeGreaterThan(20);
  });

  it('silent: half-open connections, and new ones like them', async () => {
    await expectOutage(
      async () => bed.standby.network.swallow(),
      async () => bed.standby.network.restore(),
      lost,
    );
  });

  it('connections that were cut: the list is read on another one', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => admin.get('/deployments/')));
    const before = await listReads(service.url);
    const lines = said().length;
    await bed.standby.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'versioner lists'`,
    );
    for (let i = 0; i < 20; i++) await writeAndList();
    expect((await listReads(service.url))['read_replica']).toBe(before['read_replica']! + 20);
    expect(said()).toHaveLength(lines);
  });

  it('values that PostgreSQL cannot take are not held against it', async () => {
    const lines = said().length;
    await Promise.all(
      ['/deployments/?created_from=0001-01-01T00:00:00Z', '/environment-states/?at=9999-12-31T23:59:59Z'].map(
        async (path) => expect((await admin.get(path)).status).toBeLessThan(500),
      ),
    );
    await writeAndList();
    expect(said()).toHaveLength(lines);
  });

  it.each<[string, () => string, RegExp]>([
    ['another cluster', () => process.env['DATABASE_URL'] ?? '', /it belongs to another cluster than DATABASE_URL$/],
    ['another database', () => bed.standby.url.replace(/\/versioner$/, '/postgres'), /it is another database/],
    ['the primary itself', () => bed.primary.url, /it is not a standby, or no longer$/],
    ['another schema', () => `${bed.standby.url}?options=-c%20search_path%3Dpg_catalog`, /it looks in another schema/],
    [
      'a user that is not let in',
      () => bed.standby.url.replace(/:[^:@]*@/, ':wrong@'),
      /password authentication failed/,
    ],
    ['nobody there', () => 'postgresql://u@127.0.0.1:1/versioner', /ECONNREFUSED/],
  ])('refuses %s', async (_, url, why) => {
    const other = await bed.startService({ ...alone, DATABASE_REPLICA_URL: url() });
    await eventually(() => said(other).length > 0);
    for (let i = 0; i < 5; i++) expect((await bed.admin(other).get('/deployments/')).status).toBe(200);
    expect(said(other)).toEqual([expect.stringMatching(why)]);
    expect((await listReads(other.url))['read_replica']).toBeUndefined();
    expect(other.output).not.toContain('wrong@');
    await other.stop();
  });

  it('promoted: refused from then on', async () => {
    const lines = said().length;
    await bed.standby.query('SELECT pg_promote()');
    await bed.standby.query(`CREATE TABLE elsewhere ()`);
    for (let i = 0; i < 20; i++) await writeAndList();
    expect(said().slice(lines)).toEqual([expect.stringMatching(/it is not a standby, or no longer$/)]);
    expect(await bed.isReplicated(service)).toBe(false);
  });
});
