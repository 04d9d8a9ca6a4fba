import { describe, expect, it } from '@jest/globals';
import { type DeploymentView, soakTimeHours, toDeploymentDto } from './deployment.mapper.js';

const createdAt = new Date('2026-03-02T14:00:00.000Z');
const startedAt = new Date('2026-03-02T14:05:00.000Z');
const completedAt = new Date('2026-03-02T14:10:00.000Z');
const now = new Date('2026-03-02T15:40:00.000Z');

const pending: DeploymentView = {
  id: '00000000-0000-7000-8000-000000000001',
  productId: '00000000-0000-7000-8000-000000000002',
  productName: 'my-service',
  versionId: '00000000-0000-7000-8000-000000000003',
  version: '1.0.0',
  environmentId: '00000000-0000-7000-8000-000000000004',
  environmentName: 'production',
  status: 'pending',
  startedAt: null,
  completedAt: null,
  effectiveCompletedAt: null,
  replacedAt: null,
  deployedBy: null,
  deployedByEmail: null,
  deployedByName: null,
  sourceSystem: null,
  buildNumber: null,
  buildUrl: null,
  deployUrl: null,
  invokeId: null,
  scmSha: null,
  scmBranch: null,
  scmRepository: null,
  preflightStatus: null,
  extraMetadata: {},
  createdAt,
  updatedAt: createdAt,
};

describe('toDeploymentDto', () => {
  it('has exactly the documented fields, null where nothing is known', () => {
    expect(toDeploymentDto(pending, { now })).toEqual({
      id: pending.id,
      product_id: pending.productId,
      product_name: 'my-service',
      version_id: pending.versionId,
      version: '1.0.0',
      environment_id: pending.environmentId,
      environment_name: 'production',
      status: 'pending',
      started_at: null,
      completed_at: null,
      deployed_at: '2026-03-02T14:00:00.000Z',
      deployed_by: null,
      deployed_by_email: null,
      deployed_by_name: null,
      source_system: null,
      build_number: null,
      build_url: null,
      deploy_url: null,
      invoke_id: null,
      scm_sha: null,
      scm_branch: null,
      scm_repository: null,
      preflight_status: null,
      soak_time_hours: null,
      extra_metadata: {},
      created_at: '2026-03-02T14:00:00.000Z',
      updated_at: '2026-03-02T14:00:00.000Z',
    });
  });

  it.each([
    ['creation', pending, '2026-03-02T14:00:00.000Z', null],
    ['start', { ...pending, status: 'started', startedAt }, '2026-03-02T14:05:00.000Z', null],
    [
      'completion',
      { ...pending, status: 'completed', startedAt, completedAt, effectiveCompletedAt: completedAt },
      '2026-03-02T14:10:00.000Z',
      1.5,
    ],
    [
      'start of one that failed',
      { ...pending, status: 'failed', startedAt, completedAt },
      '2026-03-02T14:05:00.000Z',
      null,
    ],
  ])('deployed_at is the %s', (_, row, deployedAt, soak) => {
    expect(toDeploymentDto(row, { now })).toMatchObject({ deployed_at: deployedAt, soak_time_hours: soak });
  });

  it('soaks until it is replaced', () => {
    const row = { ...pending, status: 'completed', effectiveCompletedAt: completedAt };
    const replacedAt = new Date('2026-03-02T14:40:00.000Z');
    expect(toDeploymentDto({ ...row, replacedAt }, { now }).soak_time_hours).toBe(0.5);
  });
});

describe('soakTimeHours', () => {
  it.each([
    ['2026-03-02T14:10:00.000Z', 0],
    ['2026-03-02T14:10:17.999Z', 0],
    ['2026-03-02T14:10:18.000Z', 0.01],
    ['2026-03-02T14:30:00.000Z', 0.33],
    ['2026-03-04T14:10:00.000Z', 48],
    // A clock that has just been set back never makes it negative.
    ['2026-03-02T14:09:59.000Z', 0],
  ])('until %s it is %d', (until, hours) => {
    expect(soakTimeHours(completedAt, new Date(until))).toBe(hours);
  });
});
