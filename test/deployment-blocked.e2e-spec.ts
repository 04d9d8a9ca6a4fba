import { describe, expect, it } from '@jest/globals';
import { detailsOf, idOf, minute, useVersioner } from './support/use-versioner.js';

describe('a blocked deployment', () => {
  const bed = useVersioner();

  describe('a conflict', () => {
    it('is refused with 409, names the holder, and is on disk', async () => {
      const holder = await bed.report({ deployed_by: 'octocat' });
      bed.clock.advance(minute + 500);
      const refused = await bed.report({ version: '2.0.0', deployed_by: 'hubot', invoke_id: 'run' });
      const documented = {
        error: 'deployment_blocked',
        message: 'Another deployment to production is already in progress',
        code: 'CONCURRENT_DEPLOYMENT',
        details: {
          conflicting_deployment_id: idOf(holder),
          conflicting_deployment_status: 'in_progress',
          conflicting_deployment_started: '2026-03-02T14:00:00Z',
          conflicting_version: '1.2.3',
          conflicting_product: 'my-service',
          conflicting_deployed_by: 'octocat',
          rule_id: null,
          rule_name: 'Concurrency (built in)',
          rule_type: 'concurrency',
          preflight_check_id: detailsOf(refused)['preflight_check_id'],
          product_id: (holder.body as { product_id: string }).product_id,
          version_id: detailsOf(refused)['version_id'],
          environment_id: (holder.body as { environment_id: string }).environment_id,
          violations: [
            {
              code: 'CONCURRENT_DEPLOYMENT',
              message: 'Another deployment to production is already in progress',
              rule_id: null,
              rule_name: 'Concurrency (built in)',
              rule_type: 'concurrency',
              status: 'enabled',
              retry_after: null,
              details: {
                conflicting_deployment_id: idOf(holder),
                conflicting_deployment_status: 'in_progress',
                conflicting_deployment_started: '2026-03-02T14:00:00Z',
                conflicting_version: '1.2.3',
                conflicting_product: 'my-service',
                conflicting_deployed_by: 'octocat',
              },
            },
          ],
        },
      };
      expect(refused).toMatchObject({ status: 409, body: { ...documented, detail: documented } });
      expect(refused.headers.get('retry-after')).toBeNull();
      expect(
        await bed.rows(
          'SELECT id, outcome, code, status_code, deployment_id FROM preflight_checks ORDER BY checked_at DESC LIMIT 1',
        ),
      ).toEqual([
        {
          id: documented.details.preflight_check_id,
          outcome: 'blocked',
          code: 'CONCURRENT_DEPLOYMENT',
          status_code: 409,
          deployment_id: null,
        },
      ]);
      // The version is known from now on, so that somebody can act on it.
      expect(await bed.rows("SELECT id FROM versions WHERE version = '2.0.0'")).toEqual([
        { id: detailsOf(refused)['version_id'] },
      ]);
      expect(
        await bed.rows("SELECT preflight_check_id FROM deployment_events WHERE type = 'deployment.preflight_failed'"),
      ).toHaveLength(1);
      expect(await bed.written()).toMatchObject({ deployments: 1 });
    });

    it('is none in another environment, or of another product', async () => {
      await bed.report();
      expect((await bed.report({ environment_name: 'staging' })).status).toBe(201);
      expect((await bed.report({ product_name: 'other' })).status).toBe(201);
    });

    it('is over when the holder ends', async () => {
      await bed.report({ invoke_id: 'a' });
      expect((await bed.report({ version: '2' })).status).toBe(409);
      await bed.report({ invoke_id: 'a', status: 'failed' });
      // A refusal is never kept: the same event gets through.
      expect((await bed.report({ version: '2' })).status).toBe(201);
    });

    it('does not come from what is pending, and leaves it pending', async () => {
      const pending = await bed.report({ version: '2', status: 'pending', invoke_id: 'b' });
      await bed.report({ invoke_id: 'a' });
      expect((await bed.report({ version: '2', invoke_id: 'b' })).status).toBe(409);
      expect((await bed.admin.get(`/deployments/${idOf(pending)}`)).body).toMatchObject({ status: 'pending' });
    });

    it('comes from another run of the same version too', async () => {
      await bed.report({ invoke_id: 'a' });
      expect((await bed.report({ invoke_id: 'b' })).status).toBe(409);
      expect(await bed.rows('SELECT status, invoke_id FROM deployments')).toEqual([
        { status: 'started', invoke_id: 'a' },
      ]);
    });
  });

  describe('a report after a block', () => {
    it.each([
      ['failed', 'failed'],
      ['skipped', 'aborted'],
    ])('%s is attached to the attempt and counts for nothing', async (sent, status) => {
      await bed.report({ invoke_id: 'a' });
      const refused = await bed.report({ version: '2', invoke_id: 'b', scm_branch: 'main' });
      const before = await bed.written();
      const reported = await bed.report({
        version: '2',
        invoke_id: 'b',
        status: sent,
        extra_metadata: { why: 'blocked' },
      });
      expect(reported.headers.get('location')).toBeNull();
      expect(reported).toMatchObject({
        status: 200,
        body: {
          id: detailsOf(refused)['preflight_check_id'],
          status,
          version: '2',
          preflight_status: 'blocked',
          scm_branch: 'main',
          soak_time_hours: null,
          extra_metadata: { why: 'blocked', preflight_status: { status: 'blocked' } },
        },
      });
      expect(await bed.written()).toEqual({
        ...before,
        deployment_events: before['deployment_events']! + 1,
        audit_log: before['audit_log']! + 1,
      });
      // A repeat of the report answers the same.
      bed.clock.advance(minute);
      expect(
        await bed.report({ version: '2', invoke_id: 'b', status: sent, extra_metadata: { why: 'blocked' } }),
      ).toMatchObject({
        status: 200,
        body: reported.body as object,
      });
    });

    it('is told by the credential where no run is named, for a day', async () => {
      await bed.report({ invoke_id: 'a' });
      await bed.report({ version: '2' });
      bed.clock.advance(24 * 60 * minute - 1);
      expect((await bed.report({ version: '2', status: 'failed' })).body).toMatchObject({
        preflight_status: 'blocked',
      });
      bed.clock.advance(1);
      expect(await bed.report({ version: '2', status: 'aborted' })).toMatchObject({
        status: 201,
        body: { preflight_status: 'skipped' },
      });
    });

    it('does not close the open deployment of another run', async () => {
      const open = await bed.report({ invoke_id: 'a' });
      const refused = await bed.report({ invoke_id: 'b' });
      expect(idOf(await bed.report({ invoke_id: 'b', status: 'failed' }))).toBe(
        detailsOf(refused)['preflight_check_id'],
      );
      expect((await bed.admin.get(`/deployments/${idOf(open)}`)).body).toMatchObject({ status: 'started' });
    });
  });
});
