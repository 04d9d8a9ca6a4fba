import fc from 'fast-check';

const minutes = fc.constantFrom(1, 10, 30, 60, 600);
const time = fc.constantFrom('00:00', '06:00', '09:30', '15:00', '18:00');
const roles = fc.subarray(['team-lead', 'manager', 'qa', 'developer', 'Security'], { minLength: 1 });
const applyToRollbacks = { apply_to_rollbacks: fc.boolean() };

const scope = fc.record({
  products: fc.constantFrom([], [], ['SHOP'], ['cart', 'nothing yet']),
  environments: fc.constantFrom([], [], ['production'], ['Staging', 'sandbox']),
  environment_types: fc.constantFrom([], [], [], ['production'], ['staging', 'dev']),
});
const wherever = scope.map(({ products, environment_types }) => ({ products, environments: [], environment_types }));

const windows = fc.oneof(
  fc.record({
    recurrence: fc.constant('daily'),
    windows: fc
      .tuple(time, time)
      .map(([start_time, end]) => [{ start_time, end_time: start_time === end ? '24:00' : end }]),
  }),
  fc.constant({
    recurrence: 'weekly',
    windows: [
      { start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' },
      { start_day: 'tuesday', start_time: '09:00', end_day: 'tuesday', end_time: '12:00' },
    ],
  }),
  fc.constant({ recurrence: 'once', windows: [{ start: '2026-03-03T00:00', end: '2026-03-05T12:00' }] }),
);
const schedule = fc
  .record({
    mode: fc.constantFrom('deny', 'allow'),
    timezone: fc.constantFrom('UTC', 'America/Los_Angeles', 'Europe/Berlin'),
    reason: fc.constant('freeze'),
    runway: fc.constantFrom({}, {}, { runway: 'p95' }, { runway_minutes: 90 }),
    windows,
  })
  .map(({ runway, windows: when, ...config }) => ({ ...config, ...runway, ...when }));

const flow = fc.record({
  required_environments: fc.constantFrom(['staging'], ['dev', 'staging'], ['Staging', 'dev'], ['qa-lab']),
  target_environment: fc.constantFrom('production', 'SANDBOX'),
  strict_order: fc.boolean(),
  soak_minutes: minutes,
  ...applyToRollbacks,
});

const approval = fc.record({
  required_approvals: fc.constantFrom(1, 1, 2),
  approver_roles: roles,
  valid_for_hours: fc.option(fc.constantFrom(1, 24)),
  allow_self_approval: fc.boolean(),
  unidentified: fc.constantFrom('allow', 'block'),
  per: fc.constantFrom('version', 'version_environment'),
});

const versionApproval = fc
  .record({
    required_approval_types: fc.subarray(['qa', 'security', 'code_review'], { minLength: 1 }),
    prerequisite: fc.constantFrom({}, { prerequisite_environment: 'staging' }, { prerequisite_environment: 'DEV' }),
  })
  .map(({ prerequisite, ...config }) => ({ ...config, ...prerequisite }));

const concurrency = fc.record({
  max_concurrent: fc.constantFrom(1, 1, 2),
  per: fc.constantFrom('product_environment', 'environment'),
});

const configs = {
  schedule,
  flow,
  cooldown: fc.record({ minutes, ...applyToRollbacks }),
  approval,
  version_approval: versionApproval,
  concurrency,
};

/** Rules as somebody may write them: some of each type, with names of their own. */
export function randomRules(ofEachType: number): fc.Arbitrary<readonly Record<string, unknown>[]> {
  const ofType = ([type, config]: [string, fc.Arbitrary<object>]) =>
    fc.array(
      fc.record({
        type: fc.constant(type),
        config,
        scope: type === 'flow' ? wherever : scope,
        message: fc.constantFrom(null, null, null, 'Ask the release manager'),
      }),
      { minLength: ofEachType, maxLength: ofEachType },
    );
  return fc
    .tuple(...Object.entries<fc.Arbitrary<object>>(configs).map(ofType))
    .map((lists) =>
      lists.flat().map(({ scope: where, ...rule }, i) => ({ name: `${rule.type} ${i}`, ...rule, ...where })),
    );
}
