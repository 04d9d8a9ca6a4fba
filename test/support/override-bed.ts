import { beforeEach } from '@jest/globals';
import type { OverrideDto } from '../../src/preflight/overrides.dto.js';
import type { Reply } from './pipeline.js';
import { idOf, type TestBed } from './use-versioner.js';

export const reason = 'incident 4711';

/** Overrides against a cooldown: my-service has just been deployed to production, and two hours must lie between. */
export interface OverrideBed {
  /** Of the cooldown. */
  readonly ruleId: string;
  /** For my-service in production, unless told otherwise, by the admin. */
  override(fields?: object): Promise<OverrideDto>;
  read(id: string): Promise<OverrideDto>;
}

/** Each test begins with that cooldown. */
export function useOverrides(bed: TestBed): OverrideBed {
  let ruleId: string;

  beforeEach(async () => {
    await bed.report({ version: '1.0.0', status: 'completed' });
    const cooldown = { name: 'slowly', type: 'cooldown', config: { minutes: 120 } };
    ruleId = idOf(await bed.admin.post('/deployment-rules/', cooldown));
  });

  return {
    get ruleId() {
      return ruleId;
    },
    async override(fields = {}) {
      const asked = { product: 'my-service', environment: 'production', reason, ...fields };
      const reply = await bed.admin.post('/preflight-overrides/', asked);
      if (reply.status !== 201) throw new Error(`The override was refused: ${JSON.stringify(reply.body)}`);
      return reply.body as OverrideDto;
    },
    async read(id) {
      return (await bed.admin.get(`/preflight-overrides/${id}`)).body as OverrideDto;
    },
  };
}

/** `preflight_status` of an answered deployment. */
export function statusOf({ body }: Reply): string | null {
  return (body as { preflight_status: string | null }).preflight_status;
}

/** `extra_metadata.preflight_status` of an answered deployment. */
export function shownStatusOf({ body }: Reply): Record<string, unknown> {
  return (body as { extra_metadata: { preflight_status: Record<string, unknown> } }).extra_metadata.preflight_status;
}
