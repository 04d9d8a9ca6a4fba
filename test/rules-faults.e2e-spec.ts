import { describe, expect, it } from '@jest/globals';
import { ruleExamples } from '../src/rules/rule-examples.js';
import type { Reply } from './support/pipeline.js';
import { unknownId } from './support/reader.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const path = '/deployment-rules/';
const sixTypes = "permitted: 'schedule', 'flow', 'cooldown', 'approval', 'version_approval', 'concurrency'";
const member = 'value is not a valid enumeration member;';
const beside = 'must be empty beside a flow, whose target_environment says where it applies';
const { schedule, flow, cooldown, approval, concurrency } = ruleExamples;

/** The place of a fault, joined by dots, and what is wrong there. */
type Told = readonly [place: string, msg: string];

function told({ status, body }: Reply): { status: number; faults: readonly Told[] } {
  const faults = (body as { detail: { loc: (string | number)[]; msg: string }[] }).detail;
  return { status, faults: faults.map(({ loc, msg }) => [loc.join('.'), msg]) };
}

describe('rules that nobody could follow', () => {
  const bed = useVersioner();

  const bodies: [what: string, body: unknown, ...faults: Told[]][] = [
    [
      'an empty object',
      {},
      ['body.name', 'field required'],
      ['body.type', 'field required'],
      ['body.config', 'field required'],
    ],
    ['a list', [], ['body', 'value is not a valid dict']],
    [
      'a deployment request, which is no type yet',
      { ...cooldown, type: 'deployment_request' },
      ['body.type', `${member} ${sixTypes}`],
    ],
    [
      'an unknown type: nobody can say what its config may be',
      { ...cooldown, type: 'moon_phase', config: { moon: 'full' } },
      ['body.type', `${member} ${sixTypes}`],
    ],
    [
      'everything wrong at once, in the order of the fields',
      {
        config: { minutes: 0, minuets: 5 },
        environment_types: ['prod', 'production'],
        environments: 'production',
        products: ['', 'x'.repeat(256), 7],
        status: 'sometimes',
        type: 'cooldown',
        message: 'x'.repeat(1001),
        description: 'x'.repeat(2001),
        name: ' ',
      },
      ['body.name', 'ensure this value has at least 1 characters'],
      ['body.description', 'ensure this value has at most 2000 characters'],
      ['body.message', 'ensure this value has at most 1000 characters'],
      ['body.status', `${member} permitted: 'enabled', 'report_only', 'disabled'`],
      ['body.products.0', 'ensure this value has at least 1 characters'],
      ['body.products.1', 'ensure this value has at most 255 characters'],
      ['body.products.2', 'str type expected'],
      ['body.environments', 'value is not a valid list'],
      ['body.environment_types.0', `${member} permitted: 'dev', 'test', 'staging', 'production', 'other'`],
      ['body.config.minutes', 'ensure this value is greater than or equal to 1'],
      ['body.config.minuets', 'extra fields not permitted'],
    ],
    [
      'nulls',
      {
        name: null,
        description: null,
        message: null,
        type: null,
        status: null,
        products: null,
        environments: null,
        environment_types: null,
        config: null,
      },
      ...['name', 'type', 'status', 'products', 'environments', 'environment_types', 'config'].map((name): Told => [
        `body.${name}`,
        'none is not an allowed value',
      ]),
    ],
    [
      'longer than may be',
      { ...cooldown, name: 'x'.repeat(256), products: Array.from({ length: 201 }, () => 'web') },
      ['body.name', 'ensure this value has at most 255 characters'],
      ['body.products', 'ensure this value has at most 200 items'],
    ],
    ['a config that is a list', { ...cooldown, config: [] }, ['body.config', 'value is not a valid dict']],
    [
      'a character that cannot be kept, anywhere in it',
      { ...schedule, config: { ...schedule.config, windows: [{ start_day: '\u0000' }], 'a\u0000': 1 } },
      ['body.config.windows.0.start_day', 'invalid character in string'],
      ['body.config.a\u0000', 'invalid character in string'],
    ],
    [
      'a config that is too deep',
      { ...cooldown, config: { minutes: Array.from({ length: 10 }).reduce((inner) => [inner], 1) } },
      ['body.config', 'ensure this value is nested at most 10 levels deep'],
    ],
    [
      'the config of another type',
      { ...cooldown, config: concurrency.config },
      ['body.config.minutes', 'field required'],
      ['body.config.max_concurrent', 'extra fields not permitted'],
      ['body.config.per', 'extra fields not permitted'],
    ],
    [
      'a misspelt key deep inside',
      { ...schedule, config: { ...schedule.config, windows: [{ ...schedule.config.windows[0], end_tme: '01:00' }] } },
      ['body.config.windows.0.end_tme', 'extra fields not permitted'],
    ],
    [
      'an unknown time zone',
      { ...schedule, config: { ...schedule.config, timezone: 'America/Los_Angles' } },
      ['body.config.timezone', expect.stringMatching(/zone/) as unknown as string],
    ],
    [
      'a number in a text',
      { ...approval, config: { required_approvals: '2', approver_roles: [] } },
      ['body.config.required_approvals', 'value is not a valid integer'],
      ['body.config.approver_roles', 'ensure this value has at least 1 items'],
    ],
    ['a flow with environments', { ...flow, environments: ['production'] }, ['body.environments', beside]],
    [
      'a flow with environments, and more',
      {
        ...flow,
        environments: ['production'],
        environment_types: ['x'],
        config: { required_environments: [], target_environment: 'production' },
      },
      ['body.environments', beside],
      ['body.environment_types.0', `${member} permitted: 'dev', 'test', 'staging', 'production', 'other'`],
      ['body.config.required_environments', 'ensure this value has at least 1 items'],
    ],
    [
      'a flow that requires its own target',
      { ...flow, config: { required_environments: ['staging', 'Production '], target_environment: 'production' } },
      ['body.config.required_environments.1', 'a flow must not require its own target'],
    ],
  ];

  it.each(bodies)('are refused on creation: %s', async (_, body, ...faults) => {
    const reply = await bed.admin.post(path, body as object);
    expect(told(reply)).toEqual({ status: 422, faults });
    expect((await bed.admin.get(path)).body).toEqual([]);
  });

  it('are told together with what is wrong beside the body', async () => {
    const response = await fetch(`${bed.versioner.url}${path}?dry=1`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${bed.versioner.adminToken}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': 'x'.repeat(256),
      },
      body: JSON.stringify({ ...cooldown, config: { minutes: 0 } }),
    });
    const { faults } = told({ status: response.status, headers: response.headers, body: await response.json() });
    expect(faults.map(([place]) => place)).toEqual(['query.dry', 'header.idempotency-key', 'body.config.minutes']);
  });

  const changes: [what: string, rule: object, changes: unknown, ...faults: Told[]][] = [
    ['another type', cooldown, { type: 'flow' }, ['body.type', `${member} permitted: 'cooldown'`]],
    ['an unknown type', cooldown, { type: 'moon' }, ['body.type', `${member} ${sixTypes}`]],
    [
      'another type, among other faults',
      cooldown,
      { config: { minutes: 0 }, status: 'x', type: 'schedule', message: '' },
      ['body.message', 'ensure this value has at least 1 characters'],
      ['body.type', `${member} permitted: 'cooldown'`],
      ['body.status', `${member} permitted: 'enabled', 'report_only', 'disabled'`],
      ['body.config.minutes', 'ensure this value is greater than or equal to 1'],
    ],
    [
      'a part of the config',
      flow,
      { config: { strict_order: true } },
      ['body.config.required_environments', 'field required'],
      ['body.config.target_environment', 'field required'],
    ],
    [
      'environments of a flow',
      flow,
      { environments: ['qa'], config: {} as object },
      ['body.environments', beside],
      ['body.config.required_environments', 'field required'],
      ['body.config.target_environment', 'field required'],
    ],
    ['a list', cooldown, [], ['body', 'value is not a valid dict']],
    [
      'nulls',
      cooldown,
      {
        name: null,
        type: null,
        status: null,
        products: null,
        environments: null,
        environment_types: null,
        config: null,
      },
      ...['name', 'type', 'status', 'products', 'environments', 'environment_types', 'config'].map((name): Told => [
        `body.${name}`,
        'none is not an allowed value',
      ]),
    ],
  ];

  it.each(changes)('are refused as a change: %s', async (_, rule, sent, ...faults) => {
    const created = await bed.admin.post(path, rule);
    const reply = await bed.admin.patch(`/deployment-rules/${idOf(created)}`, sent as object);
    expect(told(reply)).toEqual({ status: 422, faults });
    expect((await bed.admin.get(`/deployment-rules/${idOf(created)}`)).body).toEqual(created.body);
  });

  it('are refused before anybody looks for the rule, as far as that can be told', async () => {
    expect((await bed.admin.patch(`/deployment-rules/${unknownId}`, { status: 'x' })).status).toBe(422);
    expect((await bed.admin.patch(`/deployment-rules/${unknownId}`, { config: { x: 1 } })).status).toBe(404);
    const reply = await bed.admin.patch('/deployment-rules/first', { name: 'x' });
    expect(told(reply)).toEqual({ status: 422, faults: [['path.id', 'value is not a valid uuid']] });
  });

  it.each<[query: string, ...faults: Told[]]>([
    ['type=moon', ['query.type.0', `${member} ${sixTypes}`]],
    ['status=enabled&status=x', ['query.status.1', `${member} permitted: 'enabled', 'report_only', 'disabled'`]],
    [
      'mode=enabled&limit=0',
      ['query.limit', 'ensure this value is greater than or equal to 1'],
      ['query.mode', 'extra fields not permitted'],
    ],
  ])('lists refuse %s', async (query, ...faults) => {
    expect(told(await bed.admin.get(`${path}?${query}`))).toEqual({ status: 422, faults });
  });
});
