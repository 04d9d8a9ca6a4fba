import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './support/eventually.js';
import { listReads, metricsToken } from './support/list-reads.js';
import { Pipeline } from './support/pipeline.js';
import { ReplicatedBed } from './support/replicated-bed.js';
import type { ServiceProcess } from './support/service-process.js';

/** Lists that grow with every event and every change. */
const fromReadReplica = [
  'listAuditLog',
  'listBuilds',
  'listDeploymentEvents',
  'listDeployments',
  'listEnvironmentHistory',
  'listEnvironmentStates',
  'listPreflightChecks',
  'listRuleViolations',
  'listVersions',
];

/** What somebody sets up: short, and read through Prisma's client, which knows one database. */
const ofSetUp = [
  'listApprovals',
  'listEnvironments',
  'listOverrides',
  'listProducts',
  'listRuleRevisions',
  'listRules',
];
/** Credentials and rights are never judged, nor shown, by an older state. */
const ofAccess = [
  'listApiKeys',
  'listFeedTokens',
  'listInvitations',
  'listPersonalAccessTokens',
  'listRoles',
  'listScopes',
  'listStaleCredentials',
  'listUsers',
];
/** What a person decides on: several statements that must fit together. */
const ofDecisions = ['listPendingApprovals'];

describe('lists with a read replica', () => {
  let bed: ReplicatedBed;
  let services: [ServiceProcess, ServiceProcess];
  let pipeline: Pipeline;
  let admin: Pipeline;

  beforeAll(async () => {
    bed = await ReplicatedBed.start();
    services = [await bed.startService(), await bed.startService()];
    pipeline = bed.pipeline(services[0]);
    admin = bed.admin(services[0]);
    for (const service of services) await eventually(async () => bed.isReplicated(service));
  });

  afterAll(async () => {
    await bed?.stop();
  });

  /** How many statements of lists one service read where, in the course of something. */
  async function readsOf(service: ServiceProcess, work: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = await listReads(service.url);
    await work();
    const after = await listReads(service.url);
    const changed = Object.entries(after).map(([where, count]) => [where, count - (before[where] ?? 0)] as const);
    return Object.fromEntries(changed.filter(([, count]) => count > 0));
  }

  it('reads each list where it belongs', async () => {
    const { body } = await pipeline.deploy({ product_name: 'shop', version: '1', status: 'completed' });
    const [deployment] = await admin.list<{ id: string; version_id: string }>('/deployments/?product=shop');
    expect(deployment?.id).toBe((body as { id: string }).id);
    const rule = await admin.post('/deployment-rules/', { name: 'pause', type: 'cooldown', config: { minutes: 1 } });
    const [user] = await admin.list<{ id: string }>('/users/');
    const ids: Readonly<Record<string, string>> = {
      deployments: deployment!.id,
      versions: deployment!.version_id,
      'deployment-rules': (rule.body as { id: string }).id,
      users: user!.id,
    };

    const { paths } = (await admin.get('/openapi.json')).body as {
      paths: Record<string, { get?: { operationId: string } }>;
    };
    const found: Record<string, Record<string, number>> = {};
    for (const [path, { get }] of Object.entries(paths)) {
      if (get === undefined || !get.operationId.startsWith('list')) continue;
      const filled = path.replace(/\{\w*id\}/, ids[path.split('/')[1]!] ?? '');
      const query = get.operationId === 'listEnvironmentHistory' ? '?product=shop&environment=production' : '';
      found[get.operationId] = await readsOf(services[0], async () => {
        const reply = await admin.get(filled + query);
        expect([get.operationId, reply.status]).toEqual([get.operationId, 200]);
      });
    }
    const expected = [
      ...fromReadReplica.map((name) => [name, { read_replica: 1 }] as const),
      ...[...ofSetUp, ...ofAccess, ...ofDecisions].map((name) => [name, {}] as const),
    ];
    expect(found).toEqual(Object.fromEntries(expected));
  });

  it('asks the standby itself, as a transaction that cannot write', async () => {
    await admin.get('/deployments/');
    await eventually(async () => {
      const rows = await bed.standby.query<{ query: string }>(
        `SELECT query FROM pg_stat_activity WHERE application_name = 'versioner lists'`,
      );
      return rows.some(({ query }) => query === 'COMMIT');
    });
  });

  it('shows what was written, at once and to everybody, while others write', async () => {
    const writing = new AbortController();
    const others = Promise.all(
      [1, 2, 3].map(async (n) => {
        for (let i = 0; !writing.signal.aborted; i++)
          await pipeline.deploy({ product_name: `busy-${n}`, version: `${i}` });
      }),
    );
    const before = await listReads(services[1].url);
    for (let i = 0; i < 150; i++) {
      const writer = bed.pipeline(services[i % 2]!);
      const { status, body } = await writer.deploy({ product_name: `p${i}`, version: '1', status: 'completed' });
      expect(status).toBe(201);
      const seen = await Promise.all(
        services.flatMap((service) => [
          bed.admin(service).get(`/deployments/?product=p${i}`),
          bed.admin(service).get(`/environment-states/?product=p${i}`),
        ]),
      );
      const ids = seen.map((reply) =>
        (JSON.stringify(reply.body).match(/"(?:id|deployment_id)":"([^"]+)"/g) ?? []).join(),
      );
      expect(ids.map((text) => text.includes((body as { id: string }).id))).toEqual([true, true, true, true]);
    }
    writing.abort();
    await others;
    const after = await listReads(services[1].url);
    // The point of it: nearly all of these were read from the standby.
    expect((after['read_replica'] ?? 0) - (before['read_replica'] ?? 0)).toBeGreaterThan(200);
  }, 120_000);

  it('reads page after page, each by the key where the last one ended', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => pipeline.deploy({ product_name: `page-${i}`, version: 'pages' })),
    );
    const listed = await admin.list<{ id: string }>('/deployments/?version=pages&limit=4');
    expect(new Set(listed.map(({ id }) => id)).size).toBe(30);
  });

  it('answers every list that comes at once, on the few connections that it has', async () => {
    const replies = await Promise.all(Array.from({ length: 150 }, () => admin.get('/deployments/?limit=2')));
    expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
    const [row] = await bed.standby.query<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'versioner lists'`,
    );
    expect(Number(row!.count)).toBeLessThanOrEqual(2 * 4);
  });

  it('is not there where it is not asked for', async () => {
    const alone = await bed.startService({ DATABASE_REPLICA_URL: '' });
    expect((await bed.admin(alone).get('/deployments/')).status).toBe(200);
    const { body } = await new Pipeline(alone.url, metricsToken).get('/metrics');
    expect(body).toMatch(/versioner_database_pool/);
    expect(body).not.toMatch(/replica|versioner_list_reads/);
  });
});
