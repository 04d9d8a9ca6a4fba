import { Pipeline } from '../support/pipeline.js';

/** Who sends them, in which account. */
export interface Senders {
  readonly url: string;
  readonly apiKey: string;
  readonly adminToken: string;
  /** Does what is no event. */
  readonly aside: (work: () => Promise<void>) => Promise<void>;
}

/**
 * An event of every kind: of known and new names, alone and together, repeats, retries, conflicts, ends with and without a
 * start, backfills, under rules of every type, with an approval and an override, narrowed, and under an idempotency key.
 */
export async function sendEveryKindOfEvent({ url, apiKey, adminToken, aside }: Senders): Promise<void> {
  const [pipeline, admin] = [new Pipeline(url, apiKey), new Pipeline(url, adminToken)];
  const statuses = ['pending', 'started', 'completed', 'failed', 'aborted'];
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

  async function everyStatus(by: Pipeline, product: string, environment: string): Promise<void> {
    const named = { product_name: product, environment_name: environment };
    for (const [n, status] of statuses.entries()) {
      const event = { ...named, version: `1.${n}`, invoke_id: `run-${n}`, run_attempt: '1', status };
      await Promise.all([
        by.deploy(event),
        by.deploy(event),
        by.deploy({ ...event, version: '2.0', invoke_id: 'other' }),
      ]);
      await by.deploy({
        ...event,
        run_attempt: '2',
        extra_metadata: { n },
        scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
      });
    }
    await by.deploy({ ...named, version: '0.9', status: 'completed', started_at: at(90), completed_at: at(60) });
    await by.deploy({ ...named, version: '0.9', status: 'started', skip_preflight_checks: true });
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        by.deploy({ ...named, product_name: `${product}-${n}`, version: '3', status: 'completed' }),
      ),
    );
  }

  await everyStatus(pipeline, 'events', 'production');
  await everyStatus(admin, 'events', 'staging');
  const rules: [type: string, config: object][] = [
    ['schedule', { mode: 'deny', timezone: 'UTC', recurrence: 'weekly', reason: 'w', windows: everyDay }],
    ['flow', { required_environments: ['staging'], target_environment: 'production', soak_minutes: 5 }],
    ['cooldown', { minutes: 60 }],
    ['approval', { required_approvals: 1, approver_roles: ['qa'] }],
    ['concurrency', { max_concurrent: 2, per: 'environment' }],
  ];
  const person = async (path: string, body: object): Promise<Record<string, string>> => {
    const reply = await admin.post(path, body);
    if (reply.status !== 201) throw new Error(`POST ${path}: ${JSON.stringify(reply.body)}`);
    return reply.body as Record<string, string>;
  };
  let narrowed = pipeline;
  await aside(async () => {
    for (const [type, config] of rules) await person('/deployment-rules/', { name: type, type, config });
  });
  await everyStatus(pipeline, 'ruled', 'production');
  const seen = await pipeline.deploy({
    product_name: 'ruled',
    version: '4',
    status: 'completed',
    environment_name: 'dev',
  });
  await aside(async () => {
    const { version_id: version } = seen.body as { version_id: string };
    await person(`/versions/${version}/approvals`, { decision: 'approved' });
    await person('/preflight-overrides/', { product: 'ruled', environment: 'production', reason: 'an incident' });
    const { key } = await person('/api-keys/', { name: 'narrowed', products: ['ruled'], environments: ['dev'] });
    narrowed = new Pipeline(url, key!);
  });
  await pipeline.deploy({ product_name: 'ruled', version: '4' });
  await everyStatus(narrowed, 'ruled', 'dev');
  await fetch(`${url}/deployment-events/`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'once' },
    body: JSON.stringify({ product_name: 'events', version: '9', environment_name: 'qa', status: 'started' }),
  });
}

const everyDay = [{ start_day: 'monday', start_time: '00:00', end_day: 'sunday', end_time: '23:59' }];
