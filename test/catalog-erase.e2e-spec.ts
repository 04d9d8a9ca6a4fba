import { beforeEach, describe, expect, it } from '@jest/globals';
import { AdminProcess } from './support/admin-process.js';
import { createPerson } from './support/create-person.js';
import { eventually } from './support/eventually.js';
import { full } from './support/full.js';
import { Pipeline } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const copies = full(10_000, 600);
const hour = 3_600_000;

/** What changes for other reasons: the account's revisions, who called when, and the record itself. */
const moving = /^(accounts|api_keys|personal_access_tokens|users|user_roles|_prisma_migrations|audit_.*)$/;

describe('erasing for good', () => {
  const bed = useVersioner();
  let approver: Pipeline;

  beforeEach(async () => {
    approver = new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, 'qa')).token);
    await bed.admin.post('/deployment-rules/', { name: 'rest', type: 'cooldown', config: { minutes: 60 } });
  });

  /** A product with something in every table that can hold something of it. Answers its id. */
  async function live(product_name: string, environment_name = 'production'): Promise<string> {
    const at = { product_name, environment_name };
    for (const status of ['started', 'completed']) {
      await bed.pipeline.post('/build-events/', {
        product_name,
        version: '1',
        status,
        scm_sha: 'abcdef1',
        invoke_id: 'b',
      });
    }
    const first = await bed.report({ ...at, version: '1' });
    const { product_id, version_id } = first.body as Record<string, string>;
    await bed.report({ ...at, version: '1', status: 'completed' });
    await approver.post(`/versions/${version_id}/approvals`, {
      decision: 'approved',
      approval_type: 'qa',
      environment: environment_name,
    });
    expect((await bed.report({ ...at, version: '2' })).status).toBe(428);
    await bed.report({ ...at, version: '2', status: 'failed' });
    const override = { product: product_name, environment: environment_name, reason: 'urgent' };
    expect((await bed.admin.post('/preflight-overrides/', override)).status).toBe(201);
    expect((await bed.report({ ...at, version: '3' })).status).toBe(201);
    await bed.report({ ...at, version: '3', status: 'completed' });
    await bed.admin.post('/feed-tokens/', { kind: 'badge', product: product_name, environment: environment_name });
    bed.clock.advance(2 * hour);
    return product_id!;
  }

  /** Further versions of a product, each deployed, checked, reported and found wanting. */
  async function multiply(product: string): Promise<void> {
    const copy = (table: string, changes: string, from: string): string =>
      `INSERT INTO ${table} SELECT (jsonb_populate_record(null::${table}, to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), ${changes}))).*
       FROM (SELECT * FROM ${table} WHERE product_id = $1 LIMIT 1) AS t CROSS JOIN ${from}`;
    await bed.rows(copy('versions', `'version', 'copy-' || n`, `generate_series(1, ${copies}) AS n`), [product]);
    const copied = `(SELECT id AS version FROM versions WHERE product_id = $1 AND version LIKE 'copy-%') AS v`;
    await bed.rows(copy('deployments', `'version_id', v.version`, copied), [product]);
    await bed.rows(copy('builds', `'version_id', v.version`, copied), [product]);
    await bed.rows(copy('preflight_checks', `'version_id', v.version, 'deployment_id', null`, copied), [product]);
    await bed.rows(
      `INSERT INTO rule_violations (account_id, id, preflight_check_id, n, product_id, environment_id, code, created_at)
       SELECT account_id, gen_random_uuid(), id, n, product_id, environment_id, 'COOLDOWN_ACTIVE', checked_at
       FROM preflight_checks CROSS JOIN generate_series(1, 3) AS n WHERE product_id = $1`,
      [product],
    );
    await bed.rows(
      `INSERT INTO deployment_events
       SELECT (jsonb_populate_record(null::deployment_events, to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'version_id', d.version_id, 'deployment_id', d.id))).*
       FROM (SELECT e.* FROM deployment_events e JOIN deployments d ON d.id = e.deployment_id WHERE d.product_id = $1 LIMIT 1) AS t
       CROSS JOIN (SELECT id, version_id FROM deployments WHERE product_id = $1) AS d`,
      [product],
    );
  }

  /** Every row of every table that belongs to the account, as text. */
  async function everything(): Promise<Map<string, unknown>> {
    const tables = await bed.rows(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    );
    const held = tables.map(({ table_name }) => table_name as string).filter((table) => !moving.test(table));
    const found = new Map<string, unknown>();
    for (const table of held) {
      found.set(table, await bed.rows(`SELECT t::text AS row FROM ${table} AS t ORDER BY 1`));
    }
    return found;
  }

  const erase = (words: string[]): AdminProcess => AdminProcess.start(bed.versioner, words);
  async function erased(words: string[]): Promise<AdminProcess> {
    const process = erase(words);
    expect([await process.ended(), process.errors.split('\n').at(-2) ?? '']).toEqual([
      0,
      expect.stringMatching(/^erased so far: /),
    ]);
    return process;
  }
  const left = async (product: string): Promise<number> =>
    Number((await bed.rows('SELECT count(*) AS n FROM versions WHERE product_id = $1', [product]))[0]!['n']);

  it('leaves nothing of a product but its record, and everything of the others, though it is killed half way', async () => {
    await live('kept');
    const before = await everything();
    const doomed = await live('doomed');
    await multiply(doomed);
    expect([...before.keys()].sort()).toEqual(expect.arrayContaining(['approvals', 'rule_violations', 'version_shas']));
    await bed.admin.patch(`/products/${doomed}`, { name: 'Doomed One' });
    await bed.admin.delete(`/products/${doomed}?confirm=Doomed%20One`);

    const words = ['product', 'erase', 'doomed', '--confirm', 'Doomed One'];
    const first = erase(words);
    await eventually(async () => first.errors.includes('deployments'));
    first.kill();
    expect(await first.ended()).toBeNull();
    expect(await left(doomed)).toBeGreaterThan(copies / 2);

    const second = await erased(['product', 'erase', 'doomed one', '--confirm', 'Doomed One']);
    expect(second.output).toMatch(/^Erased the product "Doomed One": .*\d+ versions/);
    expect(await bed.rows('SELECT FROM products WHERE id = $1', [doomed])).toEqual([]);

    const after = await everything();
    for (const [table, rows] of before) expect([table, after.get(table)]).toEqual([table, rows]);
    const record = await bed.rows(
      `SELECT action, actor_kind, before, after FROM audit_log WHERE resource_id = $1 ORDER BY at, id`,
      [doomed],
    );
    expect(record.map(({ action, actor_kind }) => [action, actor_kind])).toEqual([
      ['product.created', 'api_key'],
      ['product.updated', 'user'],
      ['product.archived', 'user'],
      ['product.erase_started', 'operator'],
      ['product.erased', 'operator'],
    ]);
    expect(record.at(-2)!['before']).toMatchObject({ name: 'Doomed One', aliases: ['doomed'] });
    expect(record.at(-1)!['after']).toEqual({ rows: expect.objectContaining({ versions: expect.any(Number) }) });
  });

  it('leaves nothing of an environment, and everything of the others', async () => {
    await live('kept');
    const before = await everything();
    const product = await live('kept', 'doomed');
    const [environment] = (await bed.admin.get('/environments/?name=doomed')).body as { id: string }[];
    await bed.admin.patch(`/environments/${environment!.id}`, { archived: true });
    await erased(['environment', 'erase', 'doomed', '--confirm', 'doomed']);
    const after = await everything();
    for (const table of [
      'deployments',
      'preflight_checks',
      'deployment_events',
      'rule_violations',
      'environment_states',
    ]) {
      expect([table, after.get(table)]).toEqual([table, before.get(table)]);
    }
    for (const table of [
      'environments',
      'environment_names',
      'environment_types',
      'feed_tokens',
      'preflight_overrides',
    ]) {
      expect([table, after.get(table)]).toEqual([table, before.get(table)]);
    }
    expect((await bed.admin.get(`/products/${product}`)).status).toBe(200);
    expect((await bed.report({ product_name: 'kept', environment_name: 'doomed', version: '9' })).status).toBe(201);
  });

  it('goes on while events are reported, of others and of the same name', async () => {
    const doomed = await live('doomed');
    await multiply(doomed);
    await bed.admin.patch(`/products/${doomed}`, { archived: true });
    const process = erase(['product', 'erase', 'doomed', '--confirm', 'doomed']);
    const run = { isOver: false };
    const ended = process.ended().finally(() => (run.isOver = true));
    const statuses: number[] = [];
    for (let i = 0; !run.isOver; i++) {
      const replies = await Promise.all([
        bed.report({ product_name: 'other', version: `1.${i}`, status: 'completed' }),
        bed.pipeline.post('/build-events/', { product_name: 'other', version: `1.${i}`, status: 'completed' }),
      ]);
      statuses.push(...replies.map(({ status }) => status));
    }
    expect(await ended).toBe(0);
    expect(statuses.filter((status) => status !== 201)).toEqual([]);
    expect(statuses.length).toBeGreaterThan(2);
    expect((await bed.report({ product_name: 'doomed', status: 'completed' })).body).not.toMatchObject({
      product_id: doomed,
    });
  });

  it('is refused without its name, of what is in use, and of what is not there', async () => {
    const id = idOf(await bed.admin.post('/products/', { name: 'shop' }));
    const refusals: [string[], RegExp][] = [
      [['product', 'erase', 'nothing', '--confirm', 'nothing'], /no product "nothing"/],
      [['product', 'erase', 'shop', '--confirm', 'shopp'], /add --confirm "shop"/],
      [['product', 'erase', 'shop', '--confirm', 'shop'], new RegExp(`Archive it first: DELETE /products/${id}`)],
    ];
    for (const [words, reason] of refusals) {
      const process = erase(words);
      expect([await process.ended(), process.errors]).toEqual([1, expect.stringMatching(reason)]);
    }
    await bed.report({ product_name: 'shop' });
    await bed.admin.patch(`/products/${id}`, { archived: true });
    const busy = erase(['product', 'erase', 'shop', '--confirm', 'shop']);
    expect([await busy.ended(), busy.errors]).toEqual([1, expect.stringMatching(/1 deployment .* not over/)]);
    expect((await bed.admin.get(`/products/${id}`)).body).toMatchObject({ name: 'shop' });
  });
});
