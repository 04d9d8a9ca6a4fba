import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from './support/create-key.js';
import { detailsOf, idOf, useVersioner } from './support/use-versioner.js';

const environment_name = 'staging';
const toShop = { products: ['shop'] };
const narrowings = [
  ['a product', toShop],
  ['a product and an environment', { ...toShop, environments: [environment_name] }],
] as const;
const scopes = ['events:write', 'read'];

const withheld = {
  conflicting_deployment_id: null,
  conflicting_deployment_status: 'in_progress',
  conflicting_deployment_started: null,
  conflicting_version: null,
  conflicting_product: null,
  conflicting_deployed_by: null,
};

type Violation = { rule_name: string; details: object };

/** `vault` 2.0 is in progress in staging, where a rule counts all products; keys that do not cover it ask about `shop`. */
describe('a refusal of a narrowed key', () => {
  const bed = useVersioner();
  let whole: object;
  let deploymentId: string;

  beforeEach(async () => {
    await bed.report({ product_name: 'shop', environment_name, version: '1', status: 'completed' });
    await bed.report({ product_name: 'books', environment_name, version: '1', status: 'completed' });
    const secret = { product_name: 'vault', environment_name, version: '2.0-quiet', deployed_by: 'octocat' };
    deploymentId = idOf(await bed.report(secret));
    whole = {
      conflicting_deployment_id: deploymentId,
      conflicting_deployment_status: 'in_progress',
      conflicting_deployment_started: '2026-03-02T14:00:00Z',
      conflicting_version: '2.0-quiet',
      conflicting_product: 'vault',
      conflicting_deployed_by: 'octocat',
    };
  });

  async function oneAtATime(status: string): Promise<void> {
    const config = { max_concurrent: 1, per: 'environment' };
    const rule = { name: 'one at a time', type: 'concurrency', status, environments: [environment_name], config };
    expect((await bed.admin.post('/deployment-rules/', rule)).status).toBe(201);
  }

  const start = { product_name: 'shop', version: '9.0', environment_name };
  const expectSilent = (told: unknown): void => {
    for (const name of ['vault', 'octocat', '2.0-quiet', deploymentId])
      expect(JSON.stringify(told)).not.toContain(name);
  };

  describe.each(narrowings)('to %s', (_, fields) => {
    it('names nothing outside: an event', async () => {
      await oneAtATime('enabled');
      const { pipeline } = await createKey(bed, { ...fields, scopes });
      const reply = await pipeline.deploy(start);
      expect(reply).toMatchObject({
        status: 409,
        body: {
          message: 'Another deployment to staging is already in progress',
          details: withheld,
          detail: { details: withheld },
        },
      });
      const { violations, preflight_check_id: checkId } = detailsOf(reply) as {
        violations: Violation[];
        preflight_check_id: string;
      };
      expect(violations).toMatchObject([{ rule_name: 'one at a time' }]);
      expect(violations[0]!.details).toEqual(withheld);
      expectSilent([reply.body, [...reply.headers]]);

      // What is reported after it belongs to the attempt.
      expectSilent((await pipeline.deploy({ ...start, status: 'failed' })).body);

      const record = await bed.admin.get(`/preflight-checks/${checkId}`);
      expect(record).toMatchObject({
        status: 200,
        body: {
          violations: [{ details: whole }],
          facts: {
            environment_holders: [{ deployment_id: deploymentId, product_name: 'vault', version: '2.0-quiet' }],
          },
        },
      });
      expect(await bed.admin.post(`/preflight-checks/${checkId}/replay`, {})).toMatchObject({
        status: 200,
        body: { same: true },
      });
    });

    it('names nothing outside: an event that a rule only reports on', async () => {
      await oneAtATime('report_only');
      const { pipeline } = await createKey(bed, { ...fields, scopes });
      const reply = await pipeline.deploy(start);
      expect(reply.status).toBe(201);
      expect(JSON.stringify(reply.body)).toContain('Another deployment to staging is already in progress');
      expectSilent(reply.body);
      expectSilent((await pipeline.get(`/deployments/${idOf(reply)}`)).body);
      const checks = await bed.admin.list<{ id: string; product_name: string; version: string }>('/preflight-checks/');
      const { id } = checks.find(({ version }) => version === '9.0')!;
      expect((await bed.admin.get(`/preflight-checks/${id}`)).body).toMatchObject({ violations: [{ details: whole }] });
    });

    it.each(['enabled', 'report_only'])('names nothing outside: a dry run, with a rule that is %s', async (status) => {
      await oneAtATime(status);
      const { pipeline } = await createKey(bed, { ...fields, scopes });
      const reply = await pipeline.post('/preflight-checks/', start);
      expect(reply).toMatchObject({
        status: 200,
        body: { allowed: status === 'report_only', violations: [{ rule_name: 'one at a time', status }] },
      });
      expect((reply.body as { violations: Violation[] }).violations[0]!.details).toEqual(withheld);
      expectSilent(reply.body);
    });
  });

  it.each([
    ['an event', '/deployment-events/', { ...start, status: 'started' }, 409],
    ['a dry run', '/preflight-checks/', start, 200],
  ] as const)(
    'names nothing outside when it is sent again under one idempotency key: %s',
    async (_, path, body, is) => {
      await oneAtATime('enabled');
      const { id, secret } = await createKey(bed, { scopes });
      const idempotencyKey = randomUUID();
      const send = async (key: string) => {
        const reply = await fetch(bed.versioner.url + path, {
          method: 'POST',
          headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
          body: JSON.stringify(body),
        });
        expect(reply.status).toBe(is);
        return reply.text();
      };
      expect(await send(idempotencyKey)).toContain('vault');
      await bed.admin.patch(`/api-keys/${id}`, toShop);
      for (const key of [idempotencyKey, 'another', 'another']) expectSilent(await send(key));
      // What is kept of an answer to a narrowed key is what it was told.
      const kept = await bed.rows("SELECT * FROM idempotency_keys WHERE key = 'another'");
      expectSilent(kept);
    },
  );

  it('names what the key covers besides, and everything to a key that is narrowed to environments or not at all', async () => {
    await oneAtATime('enabled');
    for (const fields of [{}, { environments: [environment_name] }, { products: ['shop', 'vault'] }]) {
      const { pipeline } = await createKey(bed, { ...fields, scopes });
      expect(detailsOf(await pipeline.deploy(start))).toMatchObject({ ...whole, violations: [{ details: whole }] });
      const dryRun = await pipeline.post('/preflight-checks/', start);
      expect(dryRun.body).toMatchObject({ violations: [{ details: whole }] });
    }
  });

  it('names the deployment of its own product that is in the way', async () => {
    await oneAtATime('report_only');
    await bed.report({ ...start, version: '8.0' });
    const { pipeline } = await createKey(bed, { ...toShop, scopes });
    const reply = await pipeline.deploy({ ...start, invoke_id: 'another run' });
    expect(reply).toMatchObject({
      status: 409,
      body: {
        details: {
          conflicting_product: 'shop',
          conflicting_version: '8.0',
          violations: [
            { status: 'enabled', details: { conflicting_product: 'shop' } },
            { status: 'report_only', details: withheld },
          ],
        },
      },
    });
    expectSilent(reply.body);
  });

  it('says nothing of them where an override does not lift them, nor after an end that is refused', async () => {
    await oneAtATime('enabled');
    const override = { product: 'shop', environment: environment_name, reason: 'incident' };
    expect((await bed.admin.post('/preflight-overrides/', override)).status).toBe(201);
    await bed.admin.patch('/account/', { enforce_on_completed: true });
    const { pipeline } = await createKey(bed, { ...toShop, scopes });
    const refused = await pipeline.deploy(start);
    expect(refused.status).toBe(409);
    expectSilent(refused.body);
    const ended = await pipeline.deploy({ ...start, version: '9.1', status: 'completed' });
    expect(ended.status).toBe(409);
    expectSilent(ended.body);
  });
});
