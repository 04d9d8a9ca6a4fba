import { beforeEach, describe, expect, it } from '@jest/globals';
import { sealed, verified } from './support/audit-log.js';
import { createPerson, type Person } from './support/create-person.js';
import { eventually } from './support/eventually.js';
import { Pipeline } from './support/pipeline.js';
import { replicas } from './support/replicas.js';
import { idOf, useVersioner } from './support/use-versioner.js';

interface Entry {
  readonly id: string;
  readonly seq: number | null;
  readonly hash: string | null;
  readonly at: string;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly request_id: string | null;
  readonly before: object | null;
  readonly after: object | null;
  readonly actor: Readonly<Record<string, string | null>>;
}

describe('the audit log', () => {
  const bed = useVersioner();
  let manager: Person;
  let ruleId: string;

  beforeEach(async () => {
    manager = await createPerson(bed.versioner, 'release_manager');
    const rule = { name: 'pause', type: 'cooldown', status: 'report_only', config: { minutes: 1 } };
    ruleId = idOf(await new Pipeline(bed.versioner.url, manager.token).post('/deployment-rules/', rule));
    bed.clock.advance(60_000);
    await bed.report();
    await bed.report({ status: 'completed' });
  });

  const find = async (query: string) => bed.admin.list<Entry>(`/audit-log/?${query}`);
  const actionsOf = (entries: readonly Entry[]) => entries.map(({ action }) => action);

  it('tells who did what, when and from where, before and after it is sealed', async () => {
    const [entry] = await find(`resource_id=${ruleId}`);
    expect(entry).toMatchObject({
      at: '2026-03-02T14:00:00.000Z',
      actor: { kind: 'user', user_id: manager.userId, user_name: manager.name, api_key_id: null, api_key_name: null },
      address: '127.0.0.1',
      action: 'deployment_rule.created',
      resource_type: 'deployment_rule',
      before: null,
      after: { name: 'pause', revision: 1 },
    });
    await sealed(bed);
    const { status, body } = await bed.admin.get(`/audit-log/${entry!.id}`);
    expect([status, body]).toEqual([
      200,
      { ...entry, seq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect((await bed.admin.get('/audit-log/0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10')).status).toBe(404);
  });

  it('has what events have made, once', async () => {
    await bed.pipeline.post('/build-events/', { product_name: 'web', version: '1.0', status: 'completed' });
    await bed.pipeline.post('/build-events/', {
      product_name: 'web',
      version: '1.0',
      status: 'completed',
      invoke_id: '2',
    });
    const made = await find('action=product.&action=environment.&action=version.');
    expect(made.map(({ action, after }) => [action, after])).toEqual(
      expect.arrayContaining([
        ['product.created', expect.objectContaining({ name: 'my-service' })],
        ['environment.created', expect.objectContaining({ name: 'production', type: 'production' })],
        ['version.created', expect.objectContaining({ version: '1.2.3' })],
        ['product.created', expect.objectContaining({ name: 'web' })],
        ['version.created', expect.objectContaining({ version: '1.0' })],
      ]),
    );
    expect(made).toHaveLength(5);
    const products = await bed.rows('SELECT id FROM products');
    expect(new Set(made.map((entry) => entry.resource_id))).toEqual(
      new Set(
        [
          ...products,
          ...(await bed.rows('SELECT id FROM versions')),
          ...(await bed.rows('SELECT id FROM environments')),
        ].map(({ id }) => id),
      ),
    );
  });

  it('is filtered by what, by whom, by request and by time', async () => {
    expect(actionsOf(await find('action=deployment.completed'))).toEqual(['deployment.completed']);
    expect(actionsOf(await find('action=deployment.'))).toEqual(['deployment.completed', 'deployment.started']);
    expect(await find('action=deployment')).toEqual([]);
    // What is rare and what is frequent together, and rare things by two filters.
    expect(actionsOf(await find('action=deployment_rule.&action=deployment.completed'))).toEqual([
      'deployment.completed',
      'deployment_rule.created',
    ]);
    expect(actionsOf(await find('action=deployment_rule.&action=product.&limit=1'))).toHaveLength(2);
    expect(actionsOf(await find('action=deployment_rule.&actor=user'))).toEqual(['deployment_rule.created']);
    expect(await find('action=deployment_rule.&actor=operator')).toEqual([]);
    expect(await find('action=product.&resource_type=version')).toEqual([]);
    expect(await find('action=deployment_rule.created&action=deployment_rule.created')).toHaveLength(1);
    expect(actionsOf(await find('resource_type=deployment_rule'))).toEqual(['deployment_rule.created']);
    expect(actionsOf(await find(`user_id=${manager.userId}`))).toEqual(['deployment_rule.created']);
    expect(new Set(actionsOf(await find('actor=api_key')))).toEqual(
      new Set([
        'deployment.completed',
        'deployment.started',
        'product.created',
        'environment.created',
        'version.created',
      ]),
    );
    const [completed] = await find('action=deployment.completed');
    // By id: an entry may be sealed between the two.
    const [same, ...more] = await find(`request_id=${completed!.request_id}&actor=api_key`);
    expect([same?.id, more]).toEqual([completed!.id, []]);
    expect(
      actionsOf(await find(`api_key_id=${completed!.actor['api_key_id']}&action=deployment.completed`)),
    ).toHaveLength(1);
    expect(
      actionsOf(await find('from=2026-03-02T14:00:30Z&to=2026-03-02T14:05:00Z&action=deployment.&limit=1')),
    ).toHaveLength(2);
    expect(
      actionsOf(await find('from=2026-03-02T14:00:30Z&to=2026-03-02T14:05:00Z&action=deployment_rule.created')),
    ).toEqual([]);
    expect(await find('api_key_id=0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10')).toEqual([]);
    expect((await bed.admin.get('/audit-log/?resource=1')).status).toBe(422);
  });

  it('finds what no index finds behind thousands of entries, page by page', async () => {
    await bed.rows(
      `INSERT INTO audit_log (account_id, id, at, actor_kind, action, resource_type, resource_id)
       SELECT a.id, gen_random_uuid(), '2026-03-02T15:00Z'::timestamptz + n * interval '1 ms', 'service', 'test.filled', 'test', gen_random_uuid()
       FROM accounts a, generate_series(1, 12000) n`,
    );
    expect(actionsOf(await find('action=deployment.&limit=1'))).toEqual(['deployment.completed', 'deployment.started']);
    const first = (await bed.admin.get('/audit-log/?resource_type=test&limit=200')).body as Entry[];
    expect([first.length, first[0]!.at]).toEqual([200, '2026-03-02T15:00:12.000Z']);
  });

  it('is exported as fast as the reader takes it, to a few readers at once, and to nobody who has gone', async () => {
    await sealed(bed);
    await bed.rows(
      `INSERT INTO audit_log (account_id, id, at, actor_kind, action, resource_type, resource_id, after)
       SELECT a.id, gen_random_uuid(), '2026-03-02T15:00Z', 'service', 'test.filled', 'test', gen_random_uuid(),
         jsonb_build_object('text', repeat('x', 20000))
       FROM accounts a, generate_series(1, 1000)`,
    );
    const path = `${bed.versioner.url}/audit-log/export`;
    const headers = { Authorization: `Bearer ${bed.versioner.adminToken}` };
    // Four of each process, whose memory that protects.
    const slow = Array.from({ length: 4 * replicas }, () => new AbortController());
    const taken = await Promise.all(slow.map(async ({ signal }) => fetch(path, { headers, signal })));
    expect(new Set(taken.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await fetch(path, { headers })).status).toBe(503);
    for (const reader of slow) reader.abort();
    await eventually(async () => {
      const response = await fetch(path, { headers });
      if (response.status !== 200) return false;
      const lines = (await response.text()).trimEnd().split('\n');
      expect(lines.at(-1)).toContain('"type":"footer"');
      // What is sealed while it is written may stand in it twice, and is never left out.
      const all = lines.flatMap((line) => (JSON.parse(line) as { entry?: { id: string } }).entry?.id ?? []);
      expect(new Set(all).size).toBe((await bed.rows('SELECT FROM audit_log')).length);
      return true;
    });
  });

  it('is for those who may read it', async () => {
    const { token } = await createPerson(bed.versioner, 'developer');
    const developer = new Pipeline(bed.versioner.url, token);
    for (const path of ['', 'export', 'verify']) {
      expect((await developer.get(`/audit-log/${path}`)).status).toBe(403);
      expect((await new Pipeline(bed.versioner.url, manager.token).get(`/audit-log/${path}`)).status).toBe(200);
    }
  });

  it('exports whole seals of a range that prove themselves, and what is not sealed marked as such', async () => {
    await sealed(bed);
    const { head } = await verified(bed.admin);
    bed.clock.advance(3_600_000);
    await bed.report({ version: '2', environment_name: 'test' });
    await sealed(bed);
    const linesOf = async (query: string) =>
      ((await bed.admin.get(`/audit-log/export${query}`)).body as string)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const lines = await linesOf(`?from=2026-03-02T15:00:00Z&from_seq=${head.seq + 1}`);
    const [header, ...rest] = lines;
    expect(header).toMatchObject({ type: 'header', first_seq: head.seq + 1, previous_hash: head.hash });
    expect(rest.map(({ type }) => type)).toEqual(['entry', 'entry', 'entry', 'seal', 'footer']);
    expect((await linesOf('?from=2030-01-01T00:00:00Z')).map(({ type }) => type)).toEqual(['header', 'footer']);
    expect((await linesOf('')).at(-1)).toMatchObject({ type: 'footer', unsealed: 0 });
  });

  it.each([
    'UPDATE audit_log SET action = action',
    'DELETE FROM audit_log',
    'TRUNCATE audit_log',
    'DELETE FROM audit_links',
    'UPDATE audit_seals SET seq = seq',
    'TRUNCATE audit_stubs',
    'UPDATE audit_unsealed SET entry_id = entry_id',
  ])('refuses %s', async (statement) => {
    await expect(bed.database.query(statement)).rejects.toThrow('The audit log is append-only');
  });
});
