import { beforeEach, describe, expect, it } from '@jest/globals';
import { JudgedVersion } from './support/approvals.js';
import { createPerson } from './support/create-person.js';
import { Past } from './support/past.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const staging = { environment_name: 'staging' };
const sha = '9fceb02d0ae598e95dc970b74767f19372d61af8';

/** What was known at each attempt, and not what is known today. */
describe('a back-test reads the facts as they were', () => {
  const bed = useVersioner();
  let past: Past;

  beforeEach(() => {
    past = new Past(bed);
  });

  it('for windows: the instant of the attempt', async () => {
    const freeze = { start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' };
    const config = { mode: 'deny', timezone: 'America/Los_Angeles', recurrence: 'weekly', windows: [freeze] };
    const times = ['2025-10-24T21:59:59.000Z', '2025-10-24T22:00:00.000Z', '2025-10-27T07:00:00.000Z'];
    for (const [i, time] of times.entries()) await past.event(time, { version: `${i}`, environment_name: `env-${i}` });
    const period = { from: '2025-10-01T00:00:00Z', to: '2025-11-01T00:00:00Z' };
    const rule = { type: 'schedule', config, message: 'It is Friday' };
    const { evaluated, blocked, results } = await past.backtest(rule, period);
    expect([evaluated, blocked]).toEqual([3, 1]);
    expect(results).toMatchObject([
      { checked_at: times[1], code: 'NO_DEPLOY_WINDOW', message: 'It is Friday', retry_after: '2025-10-27T07:00:00Z' },
    ]);
  });

  it('for windows with a runway: how long the last deployments before it took', async () => {
    const config = {
      mode: 'deny',
      recurrence: 'daily',
      runway: 'p95',
      windows: [{ start_time: '12:00', end_time: '13:00' }],
    };
    for (const hour of ['01', '02', '03', '04']) await past.deployed(`${hour}:00`, `${hour}:20`);
    await past.event('11:45', { environment_name: 'dev' });
    await past.deployed('10:00', '10:05');
    await past.deployed('11:40', '11:59', { version: '2' });
    const rule = { type: 'schedule', config, environments: ['production'] };
    // Five that took 20 minutes at most: at 11:40 the last one would be over at 12:00. At 10:00 there were only four.
    expect(await past.said(rule)).toEqual([6]);
    await past.deployed('11:59:30', '12:30', { version: '3' });
    expect(await past.said(rule)).toEqual([7, ['11:59:30', 'NO_DEPLOY_WINDOW', '13:00']]);
  });

  it('for flow and soak: what had completed where, what was deployed there, what is a rollback', async () => {
    await past.event('08:00');
    await past.event('08:01', { status: 'failed' });
    await past.deployed('09:00', '09:10', staging);
    await past.event('09:30');
    await past.event('09:31', { status: 'failed' });
    await past.deployed('10:10', '10:20');
    await past.deployed('10:30', '10:40', { ...staging, version: '2' });
    await past.event('10:50');
    await past.event('10:51', { status: 'failed' });
    const config = { required_environments: ['staging'], target_environment: 'production', soak_minutes: 60 };
    expect(await past.said({ type: 'flow', config })).toEqual([
      4,
      ['08:00', 'FLOW_VIOLATION', null],
      ['09:30', 'INSUFFICIENT_SOAK_TIME', '10:10'],
    ]);
    const strict = { ...config, apply_to_rollbacks: true };
    expect((await past.said({ type: 'flow', config: strict })).at(-1)).toEqual([
      '10:50',
      'INSUFFICIENT_SOAK_TIME',
      null,
    ]);
  });

  it('for cooldowns: the last completion before it, and never its own', async () => {
    await past.deployed('09:00', '09:10');
    await past.event('09:39:59.999', { version: '2' });
    await past.event('09:39:59.999', { version: '2', status: 'completed' });
    await past.event('10:30', { version: '3', status: 'completed' });
    await past.event('10:31', { version: '4', status: 'completed', completed_at: '2026-03-02T08:00:00Z' });
    await past.event('10:59:59', { version: '5' });
    await past.event('11:00', { version: '1.2.3' });
    expect(await past.said({ type: 'cooldown', config: { minutes: 30 } })).toEqual([
      6,
      ['09:39:59.999', 'COOLDOWN_ACTIVE', '09:40'],
      ['10:31', 'COOLDOWN_ACTIVE', '11:00'],
      ['10:59:59', 'COOLDOWN_ACTIVE', '11:00'],
    ]);
  });

  it('for approvals: what stood then, under the roles of then', async () => {
    past.set('08:00');
    const version = await JudgedVersion.on(bed);
    const lead = await version.person('release_manager', { approver_roles: ['team-lead'] });
    const qa = await version.person('qa');
    const tries = async (time: string) => {
      await past.event(time, { invoke_id: time });
      await past.event(time, { invoke_id: time, status: 'failed' });
    };
    await past.event('08:00', { status: 'failed' });
    await tries('09:00');
    past.set('09:10');
    await version.decide(lead);
    await tries('09:20');
    await bed.admin.patch(`/users/${lead.userId}`, { approver_roles: [] });
    await tries('09:30');
    past.set('09:40');
    const rejection = await version.decide(qa, { decision: 'rejected' });
    await tries('09:50');
    past.set('09:55');
    await version.withdraw(qa, idOf(rejection));
    await tries('10:00');
    await tries('10:10');
    const config = { required_approvals: 1, approver_roles: ['team-lead', 'qa'], valid_for_hours: 1 };
    const missing = 'APPROVAL_REQUIRED';
    expect(await past.said({ type: 'approval', config })).toEqual([
      7,
      ...['08:00', '09:00', '09:50', '10:10'].map((time) => [time, missing, null]),
    ]);
  });

  it('for approvals: the SHA that the version had, and who triggered it', async () => {
    past.set('08:00');
    const version = await JudgedVersion.on(bed);
    await past.event('08:00', { status: 'failed' });
    const lead = await version.person('release_manager', { logins: ['octocat'] });
    await version.decide(lead);
    const announced = { invoke_id: 'queued', deployed_by: 'Octocat' };
    await past.event('09:00', { invoke_id: 'other', deployed_by: 'hubot' });
    await past.event('09:01', { invoke_id: 'other', status: 'failed' });
    await past.event('09:10', { ...announced, status: 'pending' });
    await past.event('09:20', { ...announced, deployed_by: 'hubot' });
    await past.event('09:21', { ...announced, status: 'failed' });
    past.set('10:00');
    await version.build({ status: 'started', scm_sha: sha, built_by: 'hubot' });
    await past.event('10:10', { invoke_id: 'last', deployed_by: 'hubot' });
    const config = { required_approvals: 1, approver_roles: ['release_manager'] };
    expect(await past.said({ type: 'approval', config })).toEqual([
      4,
      ['08:00', 'APPROVAL_REQUIRED', null],
      ['09:20', 'APPROVAL_REQUIRED', null],
      ['10:10', 'APPROVAL_REQUIRED', null],
    ]);
  });

  it('for approvals of a type: given for the environment before it, after the version had completed there', async () => {
    past.set('08:00');
    const version = await JudgedVersion.on(bed);
    const qa = await createPerson(bed.versioner, 'qa');
    await past.event('08:01', { status: 'failed' });
    const approve = async (time: string) => {
      past.set(time);
      expect(await version.decide(qa, { approval_type: 'qa', environment: 'staging' })).toMatchObject({ status: 201 });
    };
    await past.event('08:05', staging);
    await approve('08:10');
    await past.event('08:20', { ...staging, status: 'completed' });
    await past.event('08:30', { invoke_id: 'too early' });
    await past.event('08:31', { invoke_id: 'too early', status: 'failed' });
    await approve('08:40');
    await past.event('08:50', { invoke_id: 'now' });
    const config = { required_approval_types: ['qa'], prerequisite_environment: 'staging' };
    expect(await past.said({ type: 'version_approval', config, environments: ['production'] })).toEqual([
      3,
      ['08:00', 'QUALITY_APPROVAL_REQUIRED', null],
      ['08:30', 'QUALITY_APPROVAL_REQUIRED', null],
    ]);
  });

  it('for concurrency: who held a slot, from start to end or until they were stale', async () => {
    const other = { product_name: 'other' };
    await past.event('08:00', other);
    await past.event('08:10');
    await past.event('08:20', { ...other, status: 'completed' });
    await past.event('08:30', { version: '2' });
    await past.event('08:31', { invoke_id: 'another run' });
    await past.event('10:09:59.999', { ...other, version: '2' });
    await past.event('10:10', { ...other, version: '3', environment_name: 'dev' });
    await past.event('10:20', { version: '3', product_name: 'third' });
    const busy = 'CONCURRENT_DEPLOYMENT';
    const one = (per: string) => ({ type: 'concurrency', config: { max_concurrent: 1, per } });
    expect(await past.said(one('environment'))).toEqual([
      7,
      ['08:10', busy, null],
      ['08:30', busy, null],
      ['08:31', busy, null],
      ['10:09:59.999', busy, null],
      ['10:20', busy, null],
    ]);
    expect(await past.said(one('product_environment'))).toEqual([7, ['08:30', busy, null], ['08:31', busy, null]]);
    const two = { type: 'concurrency', config: { max_concurrent: 2, per: 'environment' } };
    expect(await past.said(two)).toEqual([7]);
    // Of another product in the same environment, although the rule does not apply to it.
    expect(await past.said({ ...one('environment'), products: ['THIRD'] })).toEqual([1, ['10:20', busy, null]]);
  });

  it('for concurrency: what it takes the place of holds nothing against it, and what began before the period does', async () => {
    await past.event('2026-03-01T23:00:00.000Z', { invoke_id: 'long' });
    await past.event('00:10', { version: '2' });
    await past.event('00:20', { invoke_id: 'long', deployed_by: 'again' });
    await past.event('00:30', { version: '2' });
    await past.event('00:40', { invoke_id: 'long', status: 'completed' });
    await past.event('00:50', { version: '2' });
    const rule = { type: 'concurrency', config: { max_concurrent: 1, per: 'product_environment' } };
    const busy = 'CONCURRENT_DEPLOYMENT';
    expect(await past.said(rule)).toEqual([4, ['00:10', busy, null], ['00:30', busy, null]]);
  });
});
