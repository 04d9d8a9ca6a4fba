import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from './support/documented-request.js';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { query } from './support/database-of.js';

let versioner: RunningVersioner;

beforeAll(async () => {
  versioner = await startVersioner();
});
afterAll(() => versioner.stop());

const read = () => request(versioner.url).get('/account/').set('Authorization', `Bearer ${versioner.adminToken}`);
const change = (changes: object) =>
  request(versioner.url).patch('/account/').set('Authorization', `Bearer ${versioner.adminToken}`).send(changes);

it('shows the settings of the account', async () => {
  const { body } = await read().expect(200);
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    slug: 'default',
    enforce_on_completed: false,
    catalog: 'open',
    rate_limit_per_minute: null,
    time_zone: 'UTC',
    retain_events_days: null,
    retain_checks_days: null,
    retain_audit_days: null,
    events_removed_before: null,
    checks_removed_before: null,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});

it('changes any subset, and null clears', async () => {
  const before = (await read()).body as object;
  const { body: first } = await change({ enforce_on_completed: true, rate_limit_per_minute: 500 }).expect(200);
  expect(first).toMatchObject({ enforce_on_completed: true, catalog: 'open', rate_limit_per_minute: 500 });
  const { body: second } = await change({ catalog: 'closed', rate_limit_per_minute: null }).expect(200);
  expect(second).toMatchObject({ enforce_on_completed: true, catalog: 'closed', rate_limit_per_minute: null });
  expect((await read()).body).toEqual(second);
  const { body: third } = await change({ enforce_on_completed: false, catalog: 'open' }).expect(200);
  expect(third).toEqual({ ...before, updated_at: (third as { updated_at: string }).updated_at });
});

it('writes one audit row for each change, and none where nothing changes', async () => {
  const rows = () =>
    query<{ before: object; after: object }>(
      versioner,
      `SELECT action, actor_kind, before, after, user_id IS NOT NULL AS by_user, request_id
       FROM audit_log WHERE resource_type = 'account' ORDER BY at, id`,
    );
  const earlier = (await rows()).length;
  await change({ catalog: 'closed' }).set('X-Request-Id', 'close-it').expect(200);
  await change({ catalog: 'closed' }).expect(200);
  await change({}).expect(200);
  const added = (await rows()).slice(earlier);
  expect(added).toEqual([
    {
      action: 'account.updated',
      actor_kind: 'user',
      by_user: true,
      request_id: 'close-it',
      before: expect.objectContaining({ catalog: 'open' }),
      after: expect.objectContaining({ catalog: 'closed' }),
    },
  ]);
  await change({ catalog: 'open' }).expect(200);
});

it('raises the policy revision, so that what is just being decided is decided again', async () => {
  const revision = async () =>
    (await query<{ r: string }>(versioner, 'SELECT policy_revision AS r FROM accounts'))[0]?.r;
  const before = Number(await revision());
  await change({ enforce_on_completed: true }).expect(200);
  expect(Number(await revision())).toBe(before + 1);
  await change({ enforce_on_completed: false }).expect(200);
});

it('refuses what it cannot use, all at once', async () => {
  await change({ enforce_on_completed: 'yes', catalog: 'ajar', rate_limit_per_minute: -1 }).expect(422, {
    detail: [
      { loc: ['body', 'enforce_on_completed'], msg: 'value could not be parsed to a boolean', type: 'type_error.bool' },
      {
        loc: ['body', 'catalog'],
        msg: "value is not a valid enumeration member; permitted: 'open', 'closed'",
        type: 'type_error.enum',
      },
      {
        loc: ['body', 'rate_limit_per_minute'],
        msg: 'ensure this value is greater than or equal to 0',
        type: 'value_error.number.not_ge',
      },
    ],
  });
});

it('refuses an edit of an older state', async () => {
  const { etag } = (await read()).headers as { etag: string };
  await change({ rate_limit_per_minute: 900 }).set('If-Match', etag).expect(200);
  await change({ rate_limit_per_minute: 800 }).set('If-Match', etag).expect(412);
  expect((await read()).body).toMatchObject({ rate_limit_per_minute: 900 });
  await change({ rate_limit_per_minute: null }).expect(200);
});

it('keeps a time zone for display, under its name of today', async () => {
  expect((await change({ time_zone: 'europe/paris' }).expect(200)).body).toMatchObject({ time_zone: 'Europe/Paris' });
  await change({ time_zone: 'Mars/Olympus' }).expect(422, {
    detail: [{ loc: ['body', 'time_zone'], msg: 'value is not a known IANA time zone', type: 'value_error.timezone' }],
  });
  await change({ time_zone: null }).expect(422);
  await change({ time_zone: 'UTC' }).expect(200);
});

it('keeps for how long things are kept, or for ever', async () => {
  const retention = { retain_events_days: 1, retain_checks_days: 31, retain_audit_days: 36_500 };
  expect((await change(retention).expect(200)).body).toMatchObject(retention);
  const forEver = { retain_events_days: null, retain_checks_days: null, retain_audit_days: null };
  expect((await change(forEver).expect(200)).body).toMatchObject(forEver);
});

it.each([
  [{ retain_events_days: 0 }, 'value_error.number.not_ge'],
  [{ retain_checks_days: 30 }, 'value_error.number.not_ge'],
  [{ retain_audit_days: 36_501 }, 'value_error.number.not_le'],
  [{ retain_events_days: 1.5 }, 'type_error.integer'],
  [{ retain_events_days: '30' }, 'type_error.integer'],
])('refuses to keep things for %j', async (changes, type) => {
  const { body } = await change(changes).expect(422);
  expect(body).toMatchObject({ detail: [{ loc: ['body', Object.keys(changes)[0]], type }] });
});
