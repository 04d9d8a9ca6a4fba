import fc from 'fast-check';
import { createPerson, type Person } from './create-person.js';
import { EventPath } from './event-path.js';
import { Pipeline } from './pipeline.js';
import { hour, minute, type TestBed, testStart } from './use-versioner.js';

const products = ['shop', 'Shop', 'cart'];
const environments = ['dev', 'staging', 'Staging', 'production', 'sandbox'];
const versions = ['1', '1', '2'];
const shas = ['a'.repeat(40), 'a'.repeat(7), 'b'.repeat(40)];
const people = {
  ada: { role: 'release_manager', approver_roles: ['team-lead'], logins: ['ada-login'] },
  bob: { role: 'developer', approver_roles: ['team-lead', 'manager'], logins: ['bob-login', 'bobby'] },
  cleo: { role: 'qa', approver_roles: [], logins: [] },
  dan: { role: 'security', approver_roles: ['manager'], logins: ['dan-login'] },
};
type Name = keyof typeof people;

const place = { product: fc.constantFrom(...products), version: fc.constantFrom(...versions) };
const run = fc.option(fc.constantFrom('run 1', 'run 2'), { freq: 2 });
const somebody = fc.option(
  fc.constantFrom<Record<string, string>>(
    { by: 'bob-login' },
    { by: 'ADA-login' },
    { by: 'Bobby ' },
    { by: 'stranger' },
    { by: 'stranger', by_email: 'cleo@example.com' },
    { by_email: 'Dan@Example.com' },
  ),
);
const name = fc.constantFrom(...(Object.keys(people) as Name[]));

/** One thing that somebody does. Whom or what it is done to is said by its place among those that there are. */
const step = fc.oneof(
  { weight: 14, arbitrary: event('started') },
  { weight: 9, arbitrary: event('completed') },
  { weight: 4, arbitrary: event('pending') },
  { weight: 2, arbitrary: event('failed') },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('build' as const),
      ...place,
      status: fc.constantFrom('started', 'completed', 'failed'),
      sha: fc.option(fc.constantFrom(...shas)),
      run,
      who: somebody,
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      ...place,
      who: name,
      decision: fc.constantFrom('approved', 'approved', 'approved', 'rejected'),
      type: fc.option(fc.constantFrom('qa', 'security', 'code_review'), { freq: 2 }),
      environment: fc.option(fc.constantFrom(...environments), { freq: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), nth: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), nth: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('retype' as const),
      environment: fc.constantFrom('staging', 'sandbox', 'production'),
      type: fc.constantFrom('dev', 'staging', 'production'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('override' as const),
      product: place.product,
      environment: fc.constantFrom(...environments),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('role' as const),
      who: fc.constantFrom<Name>('bob', 'cleo', 'dan'),
      role: fc.constantFrom('developer', 'qa', 'security', 'product'),
      approverRoles: fc.subarray(['team-lead', 'manager']),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
);

function event(status: string) {
  return fc.record({
    kind: fc.constant('event' as const),
    status: fc.constant(status),
    ...place,
    environment: fc.constantFrom(...environments),
    run,
    who: somebody,
    /** How long ago the client says that it was. */
    agoMs: fc.option(fc.constantFrom(minute, 20 * minute, 30 * hour)),
  });
}

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A step, and how long after the one before. Events of one millisecond have an order, too. */
export type History = readonly { readonly step: Step; readonly afterMs: number }[];

const afterMs = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 5, arbitrary: fc.integer({ min: 2, max: 10 * minute }) },
  { weight: 4, arbitrary: fc.constantFrom(10 * minute, 12 * minute, 30 * minute, hour) },
  { weight: 1, arbitrary: fc.integer({ min: 2 * hour, max: 20 * hour }) },
);

/** Steps in any order; most of them lead to nothing where what they are about does not exist yet. */
export function randomHistory(steps: number): fc.Arbitrary<History> {
  return fc.array(fc.record({ step, afterMs }), { minLength: steps, maxLength: steps });
}

/** Lets a history happen to an account that is empty but for the rules that are laid beforehand. */
export class Historian {
  private readonly people = new Map<Name, Person>();
  private sweeper!: EventPath;
  private now = Date.parse(testStart);

  constructor(private readonly bed: TestBed) {}

  get until(): Date {
    return new Date(this.now);
  }

  async settle(): Promise<void> {
    this.sweeper = EventPath.on(this.bed.versioner.databaseUrl);
    for (const [who, { role, ...fields }] of Object.entries(people)) {
      const person = await createPerson(this.bed.versioner, role, {
        ...fields,
        name: who,
        email: `${who}@example.com`,
      });
      this.people.set(who as Name, person);
    }
    await this.expect(200, this.bed.admin.patch('/account/', { enforce_on_completed: true }));
    // The others come into being with their first event, and give deployments up after two hours.
    for (const [environment_name, stale_after_minutes] of [
      ['dev', 30],
      ['sandbox', 0],
    ] as const) {
      const announced = { product_name: 'seed', version: '0', environment_name, status: 'pending' };
      const { body } = await this.bed.pipeline.deploy(announced);
      const { environment_id: id } = body as { environment_id: string };
      await this.expect(200, this.bed.admin.patch(`/environments/${id}`, { stale_after_minutes }));
    }
  }

  async close(): Promise<void> {
    await this.sweeper.close();
  }

  async play(history: History): Promise<void> {
    const met = new Set<string>();
    let standsAlone = true;
    for (const { step: next, afterMs: wait } of history) {
      const stoodAlone = standsAlone;
      standsAlone = !hasOrder(next, met);
      this.advance(stoodAlone || standsAlone ? Math.max(1, wait) : wait);
      await this.take(next);
    }
  }

  private advance(ms: number): void {
    this.now += ms;
    this.bed.clock.set(this.until);
    this.sweeper.clock.at = this.until;
  }

  private async take(next: Step): Promise<void> {
    switch (next.kind) {
      case 'event':
        return this.report(next);
      case 'build':
        return this.build(next);
      case 'decide':
        return this.decide(next);
      case 'withdraw': {
        const standing = await this.bed.rows(
          `SELECT a.version_id, a.id, u.name FROM approvals a JOIN users u ON u.account_id = a.account_id AND u.id = a.user_id
           WHERE a.withdrawn_at IS NULL ORDER BY a.created_at, a.id`,
        );
        const one = standing[next.nth % Math.max(1, standing.length)];
        if (one === undefined) return;
        const by = this.clientOf(one['name'] as Name);
        return this.expect(204, by.delete(`/versions/${String(one['version_id'])}/approvals/${String(one['id'])}`));
      }
      case 'abort': {
        const open = await this.bed.rows(
          'SELECT id FROM deployments WHERE completed_at IS NULL ORDER BY created_at, id',
        );
        const one = open[next.nth % Math.max(1, open.length)];
        if (one === undefined) return;
        return this.expect(200, this.bed.admin.post(`/deployments/${String(one['id'])}/abort`, { reason: 'stuck' }));
      }
      case 'retype': {
        const [one] = await this.bed.rows('SELECT environment_id FROM environment_names WHERE name_key = $1', [
          next.environment,
        ]);
        if (one === undefined) return;
        const path = `/environments/${String(one['environment_id'])}`;
        return this.expect(200, this.bed.admin.patch(path, { type: next.type }));
      }
      case 'override': {
        const { product, environment } = next;
        return this.send(this.bed.admin.post('/preflight-overrides/', { product, environment, reason: 'incident' }));
      }
      case 'role': {
        const { role, approverRoles } = next;
        const path = `/users/${this.people.get(next.who)!.userId}`;
        return this.expect(200, this.bed.admin.patch(path, { role, approver_roles: approverRoles }));
      }
      case 'sweep':
        return this.sweeper.ends.sweepStale();
    }
  }

  private async report({ product, version, environment, status, run, who, agoMs }: Step & { kind: 'event' }) {
    const time = agoMs === null ? undefined : new Date(this.now - agoMs).toISOString();
    await this.send(
      this.bed.pipeline.post('/deployment-events/', {
        product_name: product,
        version,
        environment_name: environment,
        status,
        invoke_id: run,
        deployed_by: who?.['by'],
        deployed_by_email: who?.['by_email'],
        ...(status === 'completed' ? { completed_at: time } : { started_at: time }),
      }),
    );
  }

  private async build({ product, version, status, sha, run, who }: Step & { kind: 'build' }): Promise<void> {
    const builder = { built_by: who?.['by'], built_by_email: who?.['by_email'] };
    const event = { product_name: product, version, status, scm_sha: sha, invoke_id: run, ...builder };
    await this.send(this.bed.pipeline.post('/build-events/', event));
  }

  private async decide({ product, version, who, decision, type, environment }: Step & { kind: 'decide' }) {
    const [known] = await this.bed.rows(
      `SELECT v.id FROM versions v JOIN product_names n ON n.account_id = v.account_id AND n.product_id = v.product_id
       WHERE n.name_key = $1 AND v.version = $2`,
      [product.toLowerCase(), version],
    );
    if (known === undefined) return;
    const path = `/versions/${String(known['id'])}/approvals`;
    await this.send(this.clientOf(who).post(path, { decision, approval_type: type, environment }));
  }

  private clientOf(who: Name): Pipeline {
    return new Pipeline(this.bed.versioner.url, this.people.get(who)!.token);
  }

  /** Whatever is refused is part of the history. */
  private async send(reply: Promise<{ status: number; body: unknown }>): Promise<void> {
    const { status, body } = await reply;
    if (status >= 500) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  }

  private async expect(expected: number, reply: Promise<{ status: number; body: unknown }>): Promise<void> {
    const { status, body } = await reply;
    if (status !== expected) throw new Error(`Answered ${status} and not ${expected}: ${JSON.stringify(body)}`);
  }
}

/**
 * Whether ids tell what came first within a millisecond. Of what is withdrawn, retyped or ended by the service only the
 * time is known, and of a new environment no more than that.
 */
function hasOrder(next: Step, met: Set<string>): boolean {
  if (next.kind !== 'event') return false;
  const environment = next.environment.toLowerCase();
  const isKnown = met.has(environment);
  met.add(environment);
  return isKnown;
}
