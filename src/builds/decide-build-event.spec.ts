import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { receivedAt, sampleBuild, sampleEvent, sampleFacts, sampleVersion } from '../../test/support/sample-builds.js';
import { statuses } from '../deployments/normalize-status.js';
import type { BuildEvent } from './build-event.js';
import { type BuildNames, decideBuildEvent } from './decide-build-event.js';
import type { VersionFacts } from './version-facts.js';

const names: BuildNames = { productId: 'product', productName: 'My-Service', versionId: 'version', newProduct: null };
const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const other = '0123456789abcdef0123456789abcdef01234567';

function decide(event: Partial<BuildEvent>, facts: Partial<VersionFacts> = {}, named: Partial<BuildNames> = {}) {
  let count = 0;
  const newId = () => `new-${++count}`;
  return decideBuildEvent({
    event: sampleEvent(event),
    facts: sampleFacts(facts),
    names: { ...names, ...named },
    newId,
  });
}

describe('decideBuildEvent', () => {
  it.each(statuses)('opens a build in whatever status the first event names: %s', (status) => {
    const { outcome, plan } = decide({
      status,
      invokeId: 'run',
      runAttempt: '2',
      buildNumber: '7',
      payload: { as: 'sent' },
    });
    expect(outcome).toMatchObject({ kind: 'build', opened: true, build: { id: 'new-1', status } });
    expect(plan).toMatchObject({
      now: receivedAt,
      productId: 'product',
      newProduct: null,
      version: { id: 'version', version: '1.2.3', revision: 4 },
      builds: [{ id: 'new-1', status }],
      events: [
        {
          buildId: 'new-1',
          status,
          invokeId: 'run',
          buildNumber: '7',
          runAttempt: '2',
          byClient: true,
          payload: { as: 'sent' },
        },
      ],
      audits: [{ action: `build.${status}`, resourceType: 'build', resourceId: 'new-1', before: null }],
    });
  });

  it('opens the first build of a product and version that nobody had named', () => {
    const newProduct = { name: 'My-Service', key: 'my-service' };
    const { plan } = decide({ scmSha: whole }, { product: null, version: null }, { newProduct });
    expect(plan).toMatchObject({
      newProduct,
      version: { id: 'version', revision: 0, scmSha: whole, shaFixedAt: null },
    });
  });

  it('ends the build that was started', () => {
    const { outcome, plan } = decide({ status: 'completed', scmSha: whole }, { open: [sampleBuild({ id: 'open' })] });
    expect(outcome).toMatchObject({ kind: 'build', opened: false, build: { id: 'open', status: 'completed' } });
    expect(plan).toMatchObject({
      version: { scmSha: whole, shaFixedAt: receivedAt, updatedAt: receivedAt },
      builds: [{ id: 'open' }],
      audits: [
        {
          action: 'build.completed',
          before: { status: 'started', scm_sha: null },
          after: { status: 'completed', scm_sha: whole, completed_at: receivedAt },
        },
      ],
    });
  });

  it.each(statuses)('records nothing of a repeat, not even one that would be refused: %s', (status) => {
    const repeatOf = sampleBuild({ id: 'known', status: 'failed' });
    const version = sampleVersion({ scmSha: other, shaFixedAt: receivedAt });
    expect(decide({ status, scmSha: whole }, { repeatOf, version })).toEqual({
      outcome: { kind: 'build', opened: false, build: repeatOf },
      plan: null,
    });
  });

  it('takes nothing for a repeat that names another commit: a version has one', () => {
    const repeatOf = sampleBuild({ id: 'known', status: 'completed' });
    const version = sampleVersion({ scmSha: other, shaFixedAt: receivedAt });
    const said = (scmSha: string) =>
      decide({ status: 'completed', scmSha }, { repeatOf, repeatedSha: other, version }).outcome;
    expect(said(whole)).toEqual({ kind: 'immutable', existingSha: other, submittedSha: whole });
    expect(said(other.slice(0, 7).toUpperCase())).toMatchObject({ kind: 'build', build: { id: 'known' } });
  });

  it('opens a new attempt in place of the one that is in progress', () => {
    const { outcome, plan } = decide({ invokeId: 'run' }, { open: [sampleBuild({ id: 'old', invokeId: 'run' })] });
    expect(outcome).toMatchObject({ kind: 'build', opened: true, build: { id: 'new-1', status: 'started' } });
    expect(plan!.builds).toMatchObject([
      { id: 'new-1', status: 'started' },
      { id: 'old', status: 'aborted', errorCode: 'superseded', completedAt: receivedAt },
    ]);
    expect(plan!.events).toMatchObject([
      {
        buildId: 'old',
        status: 'aborted',
        byClient: false,
        invokeId: null,
        payload: { reason: 'superseded', superseded_by: 'new-1' },
      },
      { buildId: 'new-1', status: 'started', byClient: true },
    ]);
    expect(plan!.audits.map(({ action, resourceId }) => [action, resourceId])).toEqual([
      ['build.superseded', 'old'],
      ['build.started', 'new-1'],
    ]);
  });

  it('leaves the build of another run in progress', () => {
    const { plan } = decide({ invokeId: 'other run' }, { open: [sampleBuild({ id: 'old', invokeId: 'run' })] });
    expect(plan!.builds.map(({ id }) => id)).toEqual(['new-1']);
  });

  it('lets a late pending change neither the status of its build nor the SHA of its version', () => {
    const open = [sampleBuild({ id: 'open', scmSha: whole })];
    const { outcome, plan } = decide(
      { status: 'pending', scmSha: other, scmBranch: 'main' },
      { open, version: sampleVersion({ scmSha: whole }) },
    );
    expect(outcome).toMatchObject({
      opened: false,
      build: { id: 'open', status: 'started', scmSha: whole, scmBranch: 'main' },
    });
    expect(plan!.version).toMatchObject({ scmSha: whole, scmBranch: 'main' });
  });

  it('refuses another SHA for a version that is fixed, changes nothing, and keeps the attempt', () => {
    const version = sampleVersion({ scmSha: whole, shaFixedAt: receivedAt, scmBranch: 'main' });
    const open = [sampleBuild({ id: 'open', invokeId: 'run' })];
    const { outcome, plan } = decide({ invokeId: 'run', scmSha: other, scmBranch: 'next' }, { version, open });
    expect(outcome).toEqual({ kind: 'immutable', existingSha: whole, submittedSha: other });
    expect(plan).toEqual({
      now: receivedAt,
      productId: 'product',
      newProduct: null,
      restores: [],
      version: { ...version, isNew: false, version: '1.2.3', isOtherCommit: false },
      builds: [],
      events: [],
      audits: [
        {
          id: expect.any(String),
          action: 'build.refused',
          resourceType: 'version',
          resourceId: 'version',
          before: null,
          after: {
            code: 'VERSION_IMMUTABLE',
            version: '1.2.3',
            status: 'started',
            existing_sha: whole,
            submitted_sha: other,
            invoke_id: 'run',
            build_number: null,
          },
        },
      ],
    });
  });

  it.each<[string | null, string | null, boolean]>([
    [null, null, false],
    [null, whole, true],
    [whole, null, false],
    [whole, whole, false],
    [whole, whole.toUpperCase(), false],
    [whole, whole.slice(0, 7), false],
    [whole.slice(0, 7), whole, false],
    [whole, other, true],
    [whole, whole.slice(0, 6), true],
    ['r104512', 'r1045123', true],
  ])('tells whether the version is of another commit than before: %s, then %s: %s', (before, reported, isOther) => {
    const { plan } = decide({ scmSha: reported }, { version: sampleVersion({ scmSha: before }) });
    expect(plan!.version.isOtherCommit).toBe(isOther);
  });

  it('always plans under the revision of its facts, and one audit row at least', () => {
    const sha = fc.constantFrom(null, whole, whole.slice(0, 7), other);
    const run = fc.constantFrom(null, 'a', 'b');
    const build = fc
      .record({ status: fc.constantFrom('pending', 'started'), invokeId: run, scmSha: sha })
      .map(sampleBuild);
    const version = fc.option(fc.record({ scmSha: sha, revision: fc.nat() }).map(sampleVersion));
    const event = fc.record({ status: fc.constantFrom(...statuses), invokeId: run, scmSha: sha });
    fc.assert(
      fc.property(event, fc.array(build, { maxLength: 3 }), version, (reported, open, known) => {
        const { plan } = decide(reported, { open, version: known });
        expect(plan!.version.revision).toBe(known?.revision ?? 0);
        expect(plan!.audits.length).toBeGreaterThan(0);
        expect(plan!.events.filter(({ byClient }) => byClient)).toHaveLength(1);
      }),
    );
  });
});
