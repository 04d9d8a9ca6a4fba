import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PreflightCheckDto } from '../src/preflight/preflight-checks.dto.js';
import { shownStatusOf, statusOf, useOverrides } from './support/override-bed.js';
import { Pipeline } from './support/pipeline.js';
import { hour, useVersioner } from './support/use-versioner.js';

describe('skip_preflight_checks', () => {
  const bed = useVersioner();
  const overrides = useOverrides(bed);
  let skipping: Pipeline;

  beforeEach(async () => {
    const { body } = await bed.admin.post('/api-keys/', { name: 'old', scopes: ['events:write', 'preflight:skip'] });
    skipping = new Pipeline(bed.versioner.url, (body as { key: string }).key);
  });

  const asked = { product_name: 'my-service', version: '2.0.0', skip_preflight_checks: true };

  it('is ignored without its scope, with a warning', async () => {
    expect(await bed.pipeline.deploy(asked)).toMatchObject({ status: 428, body: { code: 'COOLDOWN_ACTIVE' } });
    bed.clock.advance(2 * hour);
    const started = await bed.pipeline.deploy(asked);
    expect([started.status, statusOf(started)]).toEqual([201, 'passed']);
    expect(shownStatusOf(started)['warnings']).toEqual([
      'skip_preflight_checks was ignored: this API key does not hold the scope preflight:skip',
    ]);
  });

  it('is an override with its scope, before any that somebody gave', async () => {
    const given = await overrides.override();
    const started = await skipping.deploy(asked);
    expect([started.status, statusOf(started)]).toEqual([201, 'overridden']);
    expect(shownStatusOf(started)).toMatchObject({ override_id: null, warnings: [] });
    expect((await overrides.read(given.id)).state).toBe('open');
    const [check] = (await bed.admin.get('/preflight-checks/?version=2.0.0')).body as PreflightCheckDto[];
    expect(check).toMatchObject({
      outcome: 'overridden',
      violations: [{ code: 'COOLDOWN_ACTIVE', override_id: null, overridden_by: { kind: 'api_key', name: null } }],
    });
    expect((await bed.admin.post(`/preflight-checks/${check!.id}/replay`, {})).body).toMatchObject({ same: true });
    expect(await bed.rows("SELECT after FROM audit_log WHERE action = 'preflight.overridden'")).toMatchObject([
      { after: { reason: 'skip_preflight_checks', override_id: null } },
    ]);
  });

  it('changes nothing where nothing stands in the way, and never counts against another deployment', async () => {
    bed.clock.advance(2 * hour);
    expect(statusOf(await skipping.deploy({ ...asked, invoke_id: 'a' }))).toBe('passed');
    expect((await skipping.deploy({ ...asked, version: '3.0.0', invoke_id: 'b' })).status).toBe(409);
  });

  it.each(['pending', 'completed', 'failed'])('is nothing where something is %s', async (status) => {
    const reply = await skipping.deploy({ ...asked, status });
    expect(reply.status).toBe(201);
    expect(statusOf(reply)).toBe(status === 'pending' ? null : 'skipped');
    expect(await bed.rows("SELECT id FROM audit_log WHERE action = 'preflight.overridden'")).toEqual([]);
  });

  it('does not make a start of what was announced with it', async () => {
    await skipping.deploy({ ...asked, status: 'pending' });
    expect((await skipping.deploy({ ...asked, skip_preflight_checks: false })).status).toBe(428);
  });
});
