import { beforeEach, describe, expect, it } from '@jest/globals';
import { Asking, cooldown, daily } from './support/asking.js';
import { createPerson } from './support/create-person.js';
import { Pipeline } from './support/pipeline.js';
import { detailsOf, hour, minute, testStart, useVersioner } from './support/use-versioner.js';

describe('a dry run', () => {
  const bed = useVersioner();
  const asking = new Asking(bed);

  it('of what nobody has heard of is allowed, and leaves nothing behind', async () => {
    const before = await bed.written();
    expect(await asking.ask()).toEqual({
      allowed: true,
      status_code: 201,
      code: null,
      message: null,
      retry_after: null,
      violations: [],
      warnings: [],
      rules_evaluated: [
        {
          rule_id: null,
          rule_name: 'Concurrency (built in)',
          rule_type: 'concurrency',
          status: 'enabled',
          evaluation_result: 'passed',
          error_code: null,
          error_message: null,
        },
      ],
      next_allowed_at: testStart,
      needs: [],
      override_id: null,
    });
    expect(await bed.written()).toEqual(before);
    expect(await bed.rows('SELECT id FROM environments')).toEqual([]);
    // It reserved nothing either.
    expect((await bed.report({ version: 'another' })).status).toBe(201);
  });

  it('of what is blocked says why, until when, and when it may go; and leaves nothing behind', async () => {
    const ruleId = await asking.rule(cooldown);
    await bed.report({ version: '1.0.0', status: 'completed' });
    bed.clock.advance(minute);
    const before = await bed.written();
    const asked = await asking.ask();
    expect(await bed.written()).toEqual(before);

    const refused = await bed.report();
    const { message, retry_after } = refused.body as { message: string; retry_after: string };
    expect(asked).toEqual({
      allowed: false,
      status_code: 428,
      code: 'COOLDOWN_ACTIVE',
      message,
      retry_after,
      violations: detailsOf(refused)['violations'],
      warnings: [],
      rules_evaluated: [
        expect.objectContaining({ rule_id: null, evaluation_result: 'passed' }),
        expect.objectContaining({ rule_id: ruleId, evaluation_result: 'failed' }),
      ],
      next_allowed_at: '2026-03-02T15:00:00.000Z',
      needs: [],
      override_id: null,
    });
  });

  it('tells of what only reports', async () => {
    await asking.rule({ ...cooldown, status: 'report_only' });
    await bed.report({ version: '1.0.0', status: 'completed' });
    expect(await asking.ask()).toMatchObject({
      allowed: true,
      status_code: 201,
      violations: [{ code: 'COOLDOWN_ACTIVE', status: 'report_only' }],
      next_allowed_at: testStart,
    });
  });

  describe('answers what the start would be answered', () => {
    it('409 for another deployment in progress, which is over when it is stale', async () => {
      await bed.report({ version: '1.0.0' });
      expect(await asking.ask()).toMatchObject({
        allowed: false,
        status_code: 409,
        code: 'CONCURRENT_DEPLOYMENT',
        retry_after: null,
        next_allowed_at: '2026-03-02T16:00:00.000Z',
      });
      expect(await asking.ask({ at: '2026-03-02T15:59:59.999Z' })).toMatchObject({ status_code: 409 });
      expect(await asking.ask({ at: '2026-03-02T16:00:00.000Z' })).toMatchObject({ status_code: 201 });
    });

    it('409, and a person to end it, where nothing is ever stale', async () => {
      const { environment_id: id } = (await bed.report({ version: '1.0.0' })).body as { environment_id: string };
      await bed.admin.patch(`/environments/${id}`, { stale_after_minutes: 0 });
      expect(await asking.ask()).toMatchObject({
        next_allowed_at: null,
        needs: [{ code: 'CONCURRENT_DEPLOYMENT', rule_id: null, rule_name: 'Concurrency (built in)' }],
      });
    });

    it('423 in a window', async () => {
      await asking.rule(daily('lunch', '13:00', '15:00'));
      expect(await asking.ask()).toMatchObject({
        status_code: 423,
        code: 'NO_DEPLOY_WINDOW',
        retry_after: '2026-03-02T15:00:00Z',
        next_allowed_at: '2026-03-02T15:00:00.000Z',
      });
    });

    it('200 for its repeat, by the same credential and within ten minutes', async () => {
      await bed.report();
      const repeat = { allowed: true, status_code: 200, violations: [], rules_evaluated: [] };
      expect(await asking.ask()).toMatchObject({ ...repeat, next_allowed_at: testStart });
      // Another credential's is a new attempt that takes its place, and so is a later one.
      expect(await asking.ask({}, bed.admin)).toMatchObject({ status_code: 201, rules_evaluated: [{}] });
      expect(await asking.ask({ at: '2026-03-02T14:09:59.999Z' })).toMatchObject(repeat);
      expect(await asking.ask({ at: '2026-03-02T14:10:00.000Z' })).toMatchObject({
        status_code: 201,
        rules_evaluated: [{}],
      });
      expect(await asking.ask({ at: '2026-03-02T13:59:59.999Z' })).toMatchObject({
        status_code: 201,
        rules_evaluated: [{}],
      });
    });

    it('by rules whose facts a repeat had not needed', async () => {
      await asking.rule({
        name: 'staging first',
        type: 'flow',
        environments: [],
        config: { required_environments: ['staging'], target_environment: 'production' },
      });
      const start = { product_name: 'other', version: '1' };
      const flow = (await bed.admin.get('/deployment-rules/')).body as { id: string }[];
      await bed.admin.patch(`/deployment-rules/${flow[0]!.id}`, { status: 'report_only' });
      await bed.report(start);
      await bed.admin.patch(`/deployment-rules/${flow[0]!.id}`, { status: 'enabled' });
      expect(await asking.ask(start)).toMatchObject({ status_code: 200 });
      expect(await asking.ask({ ...start, at: '2026-03-02T14:30:00Z' })).toMatchObject({ code: 'FLOW_VIOLATION' });
    });

    it('200 for what was announced', async () => {
      await bed.report({ status: 'pending' });
      expect(await asking.ask()).toMatchObject({ allowed: true, status_code: 200, rules_evaluated: [{}] });
    });

    it('422 for unknown names where the catalog is closed', async () => {
      await bed.report({ environment_name: 'production', status: 'completed' });
      await bed.admin.patch('/account/', { catalog: 'closed' });
      const closed = 'the catalog of this account is closed';
      const fault = `product_name: unknown product; ${closed}`;
      const refused = { allowed: false, status_code: 422, code: null, next_allowed_at: null };
      expect(await asking.ask({ product_name: 'other' })).toMatchObject({
        ...refused,
        message: fault,
        needs: [{ code: null, message: fault, rule_id: null, rule_name: null }],
      });
      expect(await asking.ask({ product_name: 'other', environment_name: 'nowhere' })).toMatchObject({
        ...refused,
        message: `${fault}; environment_name: unknown environment; ${closed}`,
      });
      expect(await asking.ask()).toMatchObject({ status_code: 201 });
    });

    it('503 where a rule cannot be evaluated', async () => {
      const id = await asking.rule(cooldown);
      await bed.rows("UPDATE deployment_rules SET type = 'moon_phase' WHERE id = $1", [id]);
      await bed.rows('UPDATE accounts SET rules_revision = rules_revision + 1, policy_revision = policy_revision + 1');
      const start = { product_name: 'my-service', version: '1.2.3', environment_name: 'production' };
      expect((await bed.pipeline.post('/preflight-checks/', start)).status).toBe(503);
      expect((await bed.report()).status).toBe(503);
    });
  });

  describe('at another moment', () => {
    beforeEach(async () => {
      await asking.rule(daily('night', '22:00', '06:00'));
    });

    it.each([
      ['2026-03-02T21:59:59.999Z', 201, '2026-03-02T21:59:59.999Z'],
      ['2026-03-02T22:00:00Z', 423, '2026-03-03T06:00:00.000Z'],
      ['2026-03-03T06:00:00Z', 201, '2026-03-03T06:00:00.000Z'],
      ['2026-03-01T23:00:00Z', 423, '2026-03-02T06:00:00.000Z'],
      ['2036-03-02T23:00:00+01:00', 423, '2036-03-03T06:00:00.000Z'],
      ['9989-12-31T22:00:00Z', 423, '9990-01-01T06:00:00.000Z'],
    ])('%s is answered %d', async (at, status_code, next_allowed_at) => {
      expect(await asking.ask({ at })).toMatchObject({ status_code, next_allowed_at });
    });

    it('knows what is known today', async () => {
      await asking.rule(cooldown);
      await bed.report({ version: '1.0.0', status: 'completed' });
      expect(await asking.ask({ at: '2026-03-02T14:59:59Z' })).toMatchObject({ code: 'COOLDOWN_ACTIVE' });
      expect(await asking.ask({ at: '2026-03-02T15:00:00Z' })).toMatchObject({ allowed: true });
      expect(await asking.ask({ at: '2026-03-02T12:00:00Z' })).toMatchObject({ code: 'COOLDOWN_ACTIVE' });
    });
  });

  describe('is asked', () => {
    it('by keys that report events, and by whoever may read', async () => {
      const { body } = await bed.admin.post('/api-keys/', { name: 'reader', scopes: ['read'] });
      await asking.ask({}, new Pipeline(bed.versioner.url, (body as { key: string }).key));
      await asking.ask({}, new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, 'viewer')).token));
      const skip = await bed.admin.post('/api-keys/', { name: 'skipper', scopes: ['preflight:skip'] });
      const skipper = new Pipeline(bed.versioner.url, (skip.body as { key: string }).key);
      expect(
        (await skipper.post('/preflight-checks/', { product_name: 'a', version: '1', environment_name: 'b' })).status,
      ).toBe(403);
    });

    it('many times at once', async () => {
      await asking.rule(cooldown);
      await bed.report({ version: '1.0.0', status: 'completed' });
      const places = ['production', 'staging'];
      const replies = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => asking.ask({ environment_name: places[i % 2], version: `${i}` })),
      );
      expect(replies.map(({ status_code }) => status_code)).toEqual(replies.map((_, i) => [428, 201][i % 2]));
    });

    it.each([
      [{ version: 1.2 }, 'version', 'str type expected'],
      [{ product_name: ' ' }, 'product_name', 'ensure this value has at least 1 characters'],
      [{ environment_name: undefined }, 'environment_name', 'field required'],
      [{ at: 'tomorrow' }, 'at', 'invalid datetime format'],
      [{ at: '9990-01-01T00:00:00Z' }, 'at', 'ensure this time is before 9990-01-01T00:00:00Z'],
    ])('but not with %j', async (fields, place, msg) => {
      const start = { product_name: 'my-service', version: '1.2.3', environment_name: 'production', ...fields };
      const { status, body } = await bed.pipeline.post('/preflight-checks/', start);
      expect([status, (body as { detail: object[] }).detail]).toEqual([
        422,
        [expect.objectContaining({ loc: ['body', place], msg })],
      ]);
    });
  });

  it('finds things by their names whatever their letter case', async () => {
    await asking.rule(cooldown);
    await bed.report({ version: '1.0.0', status: 'completed' });
    bed.clock.advance(hour - 1);
    expect(await asking.ask({ product_name: ' MY-service ', environment_name: 'Production' })).toMatchObject({
      code: 'COOLDOWN_ACTIVE',
      next_allowed_at: '2026-03-02T15:00:00.000Z',
    });
  });
});
