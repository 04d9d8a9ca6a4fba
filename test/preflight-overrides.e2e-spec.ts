import { describe, expect, it } from '@jest/globals';
import type { PreflightCheckDto } from '../src/preflight/preflight-checks.dto.js';
import { reason, shownStatusOf, statusOf, useOverrides } from './support/override-bed.js';
import { detailsOf, hour, idOf, minute, useVersioner } from './support/use-versioner.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('overrides', () => {
  const bed = useVersioner();
  const overrides = useOverrides(bed);

  describe('let a start pass that is blocked', () => {
    it('once, and everybody can see it', async () => {
      const given = await overrides.override();
      bed.clock.advance(minute);
      const started = await bed.report({ version: '2.0.0' });
      expect([started.status, statusOf(started)]).toEqual([201, 'overridden']);
      expect(shownStatusOf(started)).toMatchObject({
        status: 'overridden',
        override_id: given.id,
        rules_evaluated: [{ evaluation_result: 'passed' }, { rule_id: overrides.ruleId, evaluation_result: 'failed' }],
      });

      const used = await overrides.read(given.id);
      expect(used).toEqual({
        ...given,
        state: 'used',
        used_at: '2026-03-02T14:01:00.000Z',
        preflight_check_id: expect.stringMatching(uuid),
        deployment_id: idOf(started),
      });
      const check = await bed.admin.get(`/preflight-checks/${used.preflight_check_id}`);
      const overriddenBy = { kind: 'user', id: given.created_by, name: given.created_by_name };
      expect(check.body).toMatchObject({
        outcome: 'overridden',
        allowed: true,
        status_code: 201,
        code: null,
        deployment_id: idOf(started),
        violations: [
          { code: 'COOLDOWN_ACTIVE', rule_id: overrides.ruleId, override_id: given.id, overridden_by: overriddenBy },
        ],
      });

      const told = { override_id: given.id, overridden_by: overriddenBy, reason, violations: ['COOLDOWN_ACTIVE'] };
      const events = (await bed.admin.get(`/deployments/${idOf(started)}/events`)).body as { type: string }[];
      expect(events.map(({ type }) => type).sort()).toEqual(['deployment.started', 'preflight.overridden']);
      expect(
        await bed.rows("SELECT payload, api_key_id FROM deployment_events WHERE type = 'preflight.overridden'"),
      ).toEqual([{ payload: told, api_key_id: null }]);
      expect(await bed.rows("SELECT resource_id, after FROM audit_log WHERE action = 'preflight.overridden'")).toEqual([
        { resource_id: used.preflight_check_id, after: told },
      ]);
      expect((await bed.admin.get('/deployment-rules/violations/')).body).toMatchObject([{ override_id: given.id }]);

      await bed.report({ version: '2.0.0', status: 'failed' });
      expect((await bed.report({ version: '3.0.0' })).status).toBe(428);
    });

    it('only of this version, where they name one; that one before any other', async () => {
      const any = await overrides.override({ expires_in_minutes: 1 });
      const bound = await overrides.override({ version: '2.0.0' });
      expect(statusOf(await bed.report({ version: '2.0.0' }))).toBe('overridden');
      expect([(await overrides.read(any.id)).state, (await overrides.read(bound.id)).state]).toEqual(['open', 'used']);
      await bed.report({ version: '2.0.0', status: 'failed' });
      await bed.admin.delete(`/preflight-overrides/${any.id}`);
      await overrides.override({ version: '2.0.0' });
      expect((await bed.report({ version: '2.0.1' })).status).toBe(428);
    });

    it('only of this product, in this environment', async () => {
      await bed.report({ product_name: 'other', status: 'completed' });
      await bed.report({ environment_name: 'staging', status: 'completed' });
      const given = await overrides.override();
      expect((await bed.report({ product_name: 'other', version: '2' })).status).toBe(428);
      expect((await bed.report({ environment_name: 'staging', version: '2' })).status).toBe(428);
      expect((await overrides.read(given.id)).state).toBe('open');
    });

    it.each([
      [hour - 1, 201],
      [hour, 428],
    ])('until they expire, to the millisecond: after %d ms the answer is %d', async (passed, status) => {
      const given = await overrides.override();
      bed.clock.advance(passed);
      expect((await overrides.read(given.id)).state).toBe(status === 201 ? 'open' : 'expired');
      expect((await bed.report({ version: '2.0.0' })).status).toBe(status);
    });

    it('not after they were revoked', async () => {
      const given = await overrides.override();
      bed.clock.advance(minute);
      expect((await bed.admin.delete(`/preflight-overrides/${given.id}`)).status).toBe(204);
      expect((await bed.report({ version: '2.0.0' })).status).toBe(428);
      const revoked = { state: 'revoked', revoked_at: '2026-03-02T14:01:00.000Z', revoked_by: given.created_by };
      expect(await overrides.read(given.id)).toEqual({ ...given, ...revoked });
    });

    it('of two at once one', async () => {
      const given = await overrides.override({ include_concurrency: true });
      const replies = await Promise.all(
        ['2.0.0', '3.0.0', '4.0.0'].map(async (version) => bed.report({ version, invoke_id: version })),
      );
      expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 428, 428]);
      expect((await overrides.read(given.id)).state).toBe('used');
    });
  });

  describe('are not spent', () => {
    it('by a start that passes', async () => {
      const given = await overrides.override({ expires_in_minutes: 600 });
      bed.clock.advance(2 * hour);
      expect(statusOf(await bed.report({ version: '2.0.0' }))).toBe('passed');
      expect((await overrides.read(given.id)).state).toBe('open');
    });

    it('by what only reports', async () => {
      const given = await overrides.override();
      await bed.admin.patch(`/deployment-rules/${overrides.ruleId}`, { status: 'report_only' });
      const started = await bed.report({ version: '2.0.0' });
      expect(statusOf(started)).toBe('passed');
      expect(shownStatusOf(started)).not.toHaveProperty('override_id');
      expect((await overrides.read(given.id)).state).toBe('open');
    });

    it('by a repeat', async () => {
      const started = await bed.report({ product_name: 'another', version: '2.0.0' });
      const given = await overrides.override({ product: 'another' });
      expect(await bed.report({ product_name: 'another', version: '2.0.0' })).toMatchObject({
        status: 200,
        body: { id: idOf(started) },
      });
      expect((await overrides.read(given.id)).state).toBe('open');
    });

    it('against another deployment in progress, which is told (409), unless they include it', async () => {
      const first = await overrides.override();
      expect((await bed.report({ version: '2.0.0', invoke_id: 'a' })).status).toBe(201);
      const second = await overrides.override();
      const refused = await bed.report({ version: '3.0.0', invoke_id: 'b' });
      expect(refused).toMatchObject({
        status: 409,
        body: {
          code: 'CONCURRENT_DEPLOYMENT',
          details: { violations: [{ code: 'COOLDOWN_ACTIVE' }, { code: 'CONCURRENT_DEPLOYMENT' }] },
        },
      });
      expect([(await overrides.read(first.id)).state, (await overrides.read(second.id)).state]).toEqual([
        'used',
        'open',
      ]);
      // The record tells why it was this one of the two, and a replay comes to the same.
      const checkId = detailsOf(refused)['preflight_check_id'] as string;
      expect((await bed.admin.post(`/preflight-checks/${checkId}/replay`, {})).body).toMatchObject({ same: true });

      const both = await overrides.override({ include_concurrency: true });
      const started = await bed.report({ version: '3.0.0', invoke_id: 'b' });
      expect([started.status, statusOf(started)]).toEqual([201, 'overridden']);
      expect([(await overrides.read(second.id)).state, (await overrides.read(both.id)).state]).toEqual([
        'open',
        'used',
      ]);
      const check = (await bed.admin.get(`/preflight-checks/${(await overrides.read(both.id)).preflight_check_id}`))
        .body;
      expect((check as PreflightCheckDto).violations).toMatchObject([
        { code: 'COOLDOWN_ACTIVE', override_id: both.id },
        { code: 'CONCURRENT_DEPLOYMENT', override_id: both.id },
      ]);
    });

    it.each(['pending', 'completed', 'failed'])('by a report that something is %s', async (status) => {
      const given = await overrides.override();
      await bed.report({ version: '2.0.0', status });
      expect((await overrides.read(given.id)).state).toBe('open');
    });
  });
});
