import fc from 'fast-check';
import type { ApprovalFact, Attempt, Completions, Holder, PreflightFacts } from '../../src/preflight/checks/check.js';
import type { RuleType } from '../../src/preflight/checks/index.js';
import type { Rule, UnreadableRule } from '../../src/preflight/rule.js';
import { toRule } from '../../src/rules/to-rule.js';
import { before } from './sample-attempt.js';

/*
 * Random policies and facts. Everything lies on quarters of an hour, so that whoever looks at every quarter misses
 * nothing.
 */

const quarter = 15;

/** A rule as somebody may send it. */
export interface SentRule {
  readonly type: RuleType;
  readonly status: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const quarters = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * quarter);
const timeOfDay = fc
  .integer({ min: 0, max: 95 })
  .map(
    (count) => `${String(Math.floor(count / 4)).padStart(2, '0')}:${String((count % 4) * quarter).padStart(2, '0')}`,
  );
const weekday = fc.constantFrom('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday');
const isTrue = fc.boolean();

const daily = fc
  .record({ start_time: timeOfDay, end_time: timeOfDay })
  .filter(({ start_time, end_time }) => start_time !== end_time)
  .map((window) => ({ recurrence: 'daily', windows: [window] }));
const weekly = fc
  .record({ start_day: weekday, start_time: timeOfDay, end_day: weekday, end_time: timeOfDay })
  .filter(({ start_day, start_time, end_day, end_time }) => start_day !== end_day || start_time !== end_time)
  .map((window) => ({ recurrence: 'weekly', windows: [window] }));
const once = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 28 })).map(([from, to]) => ({
  recurrence: 'once',
  windows: [{ start: `2026-03-0${from}T06:00:00`, end: `2026-03-${to}T18:30:00` }],
}));
const runway = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  quarters(1, 8).map((minutes) => ({ runway_minutes: minutes })),
  fc.constant({ runway: 'p95' }),
);
const schedule = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: daily }, { weight: 2, arbitrary: weekly }, once),
    fc.constantFrom('deny', 'deny', 'allow'),
    fc.constantFrom('UTC', 'America/Los_Angeles', 'Asia/Kathmandu', 'Europe/Berlin'),
    runway,
  )
  .map(([windows, mode, timezone, ahead]) => ({ ...windows, mode, timezone, ...ahead }));

const flow = fc
  .record({
    required_environments: fc.constantFrom(['staging'], ['dev', 'staging']),
    strict_order: isTrue,
    soak_minutes: fc.oneof(
      quarters(0, 12),
      quarters(1, 200).map((minutes) => ({ staging: minutes })),
    ),
    apply_to_rollbacks: isTrue,
  })
  .map((config) => ({ ...config, target_environment: 'production' }));

const cooldown = fc.record({ minutes: quarters(1, 300), apply_to_rollbacks: isTrue });

const approval = fc.record({
  required_approvals: fc.constantFrom(1, 1, 2),
  approver_roles: fc.constantFrom(['team-lead'], ['manager', 'team-lead']),
  valid_for_hours: fc.option(fc.integer({ min: 1, max: 72 })),
  allow_self_approval: isTrue,
  per: fc.constantFrom('version', 'version', 'version_environment'),
  unidentified: fc.constantFrom('allow', 'allow', 'block'),
});

const versionApproval = fc.record({
  required_approval_types: fc.constantFrom(['qa'], ['qa', 'security']),
  prerequisite_environment: fc.constantFrom(null, 'staging'),
});

const concurrency = fc.record({
  max_concurrent: fc.integer({ min: 1, max: 3 }),
  per: fc.constantFrom('product_environment', 'environment'),
});

/** Of each type, the configurations that are tried. A type that is missing here does not compile. */
const configs: { readonly [Type in RuleType]: fc.Arbitrary<Readonly<Record<string, unknown>>> } = {
  schedule,
  flow,
  cooldown,
  approval,
  version_approval: versionApproval,
  concurrency,
};

/** A rule of any type; one that is enforced, mostly. */
export const sentRule: fc.Arbitrary<SentRule> = fc.constantFrom(...(Object.keys(configs) as RuleType[])).chain((type) =>
  fc.record({
    type: fc.constant(type),
    status: fc.constantFrom('enabled', 'enabled', 'enabled', 'report_only', 'disabled'),
    config: configs[type],
  }),
);

/** Rules as the engine reads them. */
export function toRules(sent: readonly SentRule[]): (Rule | UnreadableRule)[] {
  return sent.map((rule, i) => toRule({ ...rule, id: `rule ${i}`, revision: i + 1, name: `rule ${i}`, message: null }));
}

/** A moment up to so many quarters of an hour before the attempt. */
const moment = (max: number) => quarters(0, max).map((minutes) => before(minutes));

function completions(environmentName: string): fc.Arbitrary<Completions> {
  const never = { environmentName, firstAt: null, lastAt: null, isDeployed: false };
  const once = fc.tuple(moment(300), quarters(0, 20), isTrue).map(([lastAt, sooner, isDeployed]) => ({
    environmentName,
    firstAt: new Date(lastAt.getTime() - sooner * 60_000),
    lastAt,
    isDeployed,
  }));
  return fc.oneof(fc.constant(never), { weight: 2, arbitrary: once });
}

const place = (name: string) =>
  completions(name).map((completed) => ({ ...completed, environmentId: `id of ${name}` as string | null }));

const holder: fc.Arbitrary<Holder> = fc.record({
  deploymentId: fc.uuid(),
  productName: fc.constantFrom('my-service', 'other'),
  version: fc.string(),
  startedAt: moment(8),
  deployedBy: fc.option(fc.string()),
  staleAt: fc.option(quarters(1, 400).map((minutes) => before(-minutes))),
});

const decision: fc.Arbitrary<ApprovalFact> = fc.record({
  id: fc.uuid(),
  userId: fc.constantFrom('ada', 'grace', 'linus'),
  userName: fc.string(),
  decision: fc.constantFrom('approved', 'approved', 'approved', 'approved', 'rejected'),
  type: fc.constantFrom(null, null, 'qa', 'security'),
  environmentId: fc.constantFrom(null, 'id of production', 'id of staging'),
  roles: fc.subarray(['team-lead', 'Manager', 'qa'], { minLength: 1 }),
  at: moment(100),
  isOwn: fc.boolean(),
});

const holders = fc.oneof(fc.constant([]), fc.array(holder, { maxLength: 3 }));

/** What may be known of an attempt in production: enough for all the rules above. */
export function arbitraryFacts(now: Date): fc.Arbitrary<PreflightFacts> {
  return fc.record({
    now: fc.constant(now),
    environmentId: fc.constantFrom('id of production', 'id of production', null),
    holders: fc.record({ product_environment: holders, environment: holders }),
    here: fc.oneof({ weight: 2, arbitrary: fc.constant(nowhere) }, completions('production')),
    elsewhere: fc.record({ dev: place('dev'), staging: place('staging') }),
    lastCompletedAt: fc.option(moment(200)),
    p95Ms: fc.option(quarters(1, 12).map((minutes) => minutes * 60_000)),
    approvals: fc.array(decision, { maxLength: 5 }),
    unidentified: fc.subarray(['build', 'deployment'] as const),
  });
}

const nowhere: Completions = { environmentName: 'production', firstAt: null, lastAt: null, isDeployed: false };

/** Of any version of any product, in production. */
export const arbitraryAttempt: fc.Arbitrary<Attempt> = fc.record({
  productName: fc.string(),
  version: fc.string(),
  environmentName: fc.constant('production'),
});
