import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { EmptyDatabase } from './support/empty-database.js';
import { full } from './support/full.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { ServiceProcess } from './support/service-process.js';
import { detailsOf, idOf } from './support/use-versioner.js';

const apiKey = `sk_default_races_${'0123456789abcdef'.repeat(2)}`;
const adminToken = `pat_default_${'0123456789abcdef'.repeat(2)}`;

/**
 * What the database knows of each round, from inside the transactions that race: under which policy revision each change
 * was committed, and which one the statement saw that started a deployment.
 */
const witnesses = `
CREATE TABLE witnessed (kind text NOT NULL, id uuid NOT NULL, revision bigint NOT NULL);
CREATE FUNCTION witness_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO witnessed SELECT TG_TABLE_NAME, NEW.id, policy_revision FROM accounts WHERE id = NEW.account_id;
  RETURN NULL;
END $$;
-- At the commit of the change: by then its transaction has raised the revision.
CREATE CONSTRAINT TRIGGER witness AFTER UPDATE ON approvals DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.withdrawn_at IS NOT NULL) EXECUTE FUNCTION witness_change();
CREATE CONSTRAINT TRIGGER witness AFTER UPDATE ON deployment_rules DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status = 'enabled') EXECUTE FUNCTION witness_change();
CREATE CONSTRAINT TRIGGER witness AFTER INSERT ON preflight_overrides DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION witness_change();
-- STABLE: it sees what the statement sees that it is called in.
CREATE FUNCTION revision_seen(uuid) RETURNS bigint LANGUAGE sql STABLE AS
  $$ SELECT policy_revision FROM accounts WHERE id = $1 $$;
CREATE FUNCTION witness_start() RETURNS trigger LANGUAGE plpgsql STABLE AS $$
BEGIN
  NEW.extra_metadata := NEW.extra_metadata || jsonb_build_object('revision_seen', revision_seen(NEW.account_id));
  RETURN NEW;
END $$;
CREATE TRIGGER witness BEFORE INSERT ON deployments FOR EACH ROW EXECUTE FUNCTION witness_start();`;

describe('a start that races its own conditions', () => {
  let emptyDatabase: EmptyDatabase;
  let services: ServiceProcess[];
  let pipelines: Pipeline[];
  let admins: Pipeline[];
  let approvers: Pipeline[];
  let database: pg.Client;
  let freezeId: string;

  beforeAll(async () => {
    emptyDatabase = await EmptyDatabase.create();
    const env = {
      DATABASE_URL: emptyDatabase.url,
      VERSIONER_API_KEY: apiKey,
      VERSIONER_ADMIN_TOKEN: adminToken,
      RATE_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'warn',
    };
    services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    pipelines = services.map(({ url }) => new Pipeline(url, apiKey));
    admins = services.map(({ url }) => new Pipeline(url, adminToken));
    database = new pg.Client({ connectionString: emptyDatabase.url });
    await database.connect();
    await database.query(witnesses);

    const person = await made(
      admins[0]!.post('/users/', {
        email: 'ada@example.com',
        name: 'Ada',
        role: 'developer',
        approver_roles: ['lead'],
      }),
    );
    const token = await made(admins[0]!.post('/personal-access-tokens/', { name: 'races', user_id: idOf(person) }));
    approvers = services.map(({ url }) => new Pipeline(url, (token.body as { token: string }).token));
    const everywhere = { environments: ['production'] };
    await made(
      admins[0]!.post('/deployment-rules/', {
        ...everywhere,
        name: 'one lead',
        type: 'approval',
        config: { required_approvals: 1, approver_roles: ['lead'] },
      }),
    );
    const freeze = await made(
      admins[0]!.post('/deployment-rules/', {
        ...everywhere,
        name: 'freeze',
        type: 'schedule',
        status: 'disabled',
        config: { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] },
      }),
    );
    freezeId = idOf(freeze);
  }, 60_000);

  afterAll(async () => {
    await database?.end();
    await Promise.all((services ?? []).map((service) => service.stop()));
    await emptyDatabase?.drop();
  }, 60_000);

  async function made(request: Promise<Reply>): Promise<Reply> {
    const reply = await request;
    if (reply.status !== 201) throw new Error(`${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply;
  }

  async function rows(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
    return (await database.query<Record<string, unknown>>(sql, values)).rows;
  }

  /** The revision under which a change of this round was committed; Infinity: there was none. */
  async function revisionOf(kind: string, id: string | undefined): Promise<number> {
    const [row] = await rows(
      'SELECT max(revision)::int AS revision FROM witnessed WHERE kind = $1 AND id = $2',
      kind,
      id,
    );
    return (row?.['revision'] as number | null) ?? Infinity;
  }

  let round = 0;

  /** One round: a version that may start, and everything that may keep it from starting, or make another one start, at once. */
  async function race(
    changes: readonly Change[],
    replicas: readonly number[],
    order: readonly number[],
  ): Promise<void> {
    await rows('TRUNCATE witnessed');
    const product_name = `race-${round++}`;
    const refused = await pipelines[0]!.deploy({ product_name, version: 'approved', invoke_id: 'first' });
    expect(refused.status).toBe(428);
    const versionId = detailsOf(refused)['version_id'] as string;
    const approval = await made(approvers[0]!.post(`/versions/${versionId}/approvals`, { decision: 'approved' }));

    const start = (version: string) => async (on: number) =>
      pipelines[on]!.deploy({ product_name, version, invoke_id: version });
    let overrideId: string | undefined;
    const acts: Record<Change, (on: number) => Promise<unknown>> = {
      withdrawal: (on) => approvers[on]!.delete(`/versions/${versionId}/approvals/${idOf(approval)}`),
      freeze: (on) => admins[on]!.patch(`/deployment-rules/${freezeId}`, { status: 'enabled' }),
      override: async (on) => {
        const body = { product: product_name, environment: 'production', reason: 'a race' };
        overrideId = idOf(await made(admins[on]!.post('/preflight-overrides/', body)));
      },
    };
    const all = [start('approved'), start('other'), ...changes.map((change) => acts[change])];
    const inOrder = order.filter((i) => i < all.length);
    await Promise.all(inOrder.map((i, position) => all[i]!(replicas[position]! % 2)));

    const started = await rows(
      `SELECT v.version, c.id AS check_id, c.outcome, c.policy_revision::int AS revision,
              (d.extra_metadata->>'revision_seen')::int AS seen
       FROM deployments d
       JOIN products p ON p.id = d.product_id AND p.name = $1
       JOIN versions v ON v.id = d.version_id
       JOIN preflight_checks c ON c.deployment_id = d.id`,
      product_name,
    );
    expect(started.length).toBeLessThanOrEqual(1);
    const withdrawn = await revisionOf('approvals', idOf(approval));
    const frozen = await revisionOf('deployment_rules', freezeId);
    const overridden = await revisionOf('preflight_overrides', overrideId);
    for (const { version, outcome, revision, seen } of started as unknown as Started[]) {
      // Its statement saw the very policy under which it was judged …
      expect({ seen }).toEqual({ seen: revision });
      // … and under that policy it might start.
      const free = version === 'approved' && withdrawn > revision && frozen > revision;
      expect([version, outcome, free || overridden <= revision]).toEqual([
        version,
        free ? 'passed' : 'overridden',
        true,
      ]);
    }
    const spent = await rows(
      'SELECT preflight_check_id FROM preflight_overrides WHERE used_at IS NOT NULL AND id = $1',
      overrideId,
    );
    const bySpending = started.filter(({ outcome }) => outcome === 'overridden').map(({ check_id: id }) => id);
    expect(spent.map(({ preflight_check_id: id }) => id)).toEqual(bySpending);

    await admins[0]!.patch(`/deployment-rules/${freezeId}`, { status: 'disabled' });
  }

  it('is written only under the policy that it was judged by', async () => {
    const changes = fc.shuffledSubarray<Change>(['withdrawal', 'freeze', 'override'], { minLength: 1 });
    const replicas = fc.array(fc.nat(1), { minLength: 5, maxLength: 5 });
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    await fc.assert(fc.asyncProperty(changes, replicas, order, race), {
      numRuns: full(500, 12),
      endOnFailure: true,
    });
  }, 600_000);
});

type Change = 'withdrawal' | 'freeze' | 'override';

interface Started {
  readonly version: string;
  readonly outcome: string;
  readonly revision: number;
  readonly seen: number;
}
