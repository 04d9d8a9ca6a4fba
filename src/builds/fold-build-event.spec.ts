import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { receivedAt, sampleBuild, sampleEvent } from '../../test/support/sample-builds.js';
import { statuses } from '../deployments/normalize-status.js';
import type { Build } from './build.js';
import { type FoldedBuildEvent, foldBuildEvent, openBuild } from './fold-build-event.js';

const ids = { id: 'build', productId: 'product', versionId: 'version' };
const minutesBefore = (minutes: number) => new Date(receivedAt.getTime() - minutes * 60_000);
const later = new Date(receivedAt.getTime() + 60_000);

function timesOf({ status, startedAt, completedAt }: Build) {
  return { status, startedAt, completedAt };
}

describe('openBuild', () => {
  it.each([
    ['pending', {}, null, null],
    ['started', {}, receivedAt, null],
    ['started', { startedAt: minutesBefore(3) }, minutesBefore(3), null],
    ['started', { startedAt: later }, receivedAt, null],
    ['started', { completedAt: minutesBefore(1) }, receivedAt, null],
    ['completed', {}, null, receivedAt],
    ['completed', { completedAt: minutesBefore(2) }, null, minutesBefore(2)],
    ['completed', { completedAt: later }, null, receivedAt],
    // What the CI action sends: its own now.
    ['completed', { startedAt: receivedAt }, null, receivedAt],
    ['completed', { startedAt: minutesBefore(5) }, null, receivedAt],
    ['completed', { startedAt: minutesBefore(6) }, minutesBefore(6), receivedAt],
    ['failed', { startedAt: minutesBefore(6), completedAt: minutesBefore(8) }, minutesBefore(8), minutesBefore(8)],
    ['aborted', { startedAt: later }, null, receivedAt],
  ] as const)('%s with %j', (status, times, startedAt, completedAt) => {
    const build = openBuild(ids, sampleEvent({ status, ...times }), receivedAt);
    expect(timesOf(build)).toEqual({ status, startedAt, completedAt });
    expect(build).toMatchObject({ ...ids, createdAt: receivedAt, updatedAt: receivedAt });
  });

  it('takes what the event says', () => {
    const details = {
      sourceSystem: 'github',
      buildNumber: '12',
      buildUrl: 'https://ci.example.com/12',
      invokeId: 'run',
      scmSha: 'abc',
      scmBranch: 'main',
      scmRepository: 'a/b',
      builtBy: 'octocat',
      builtByEmail: 'octocat@example.com',
      builtByName: 'Mona',
      errorMessage: 'broken',
      errorCode: 'E1',
      extraMetadata: { a: 1 },
    };
    expect(openBuild(ids, sampleEvent(details), receivedAt)).toMatchObject(details);
  });
});

describe('foldBuildEvent', () => {
  const start = minutesBefore(60);
  it.each([
    ['pending', 'pending', 'pending', null, null],
    ['pending', 'started', 'started', receivedAt, null],
    ['pending', 'completed', 'completed', null, receivedAt],
    ['started', 'pending', 'started', start, null],
    ['started', 'started', 'started', start, null],
    ['started', 'completed', 'completed', start, receivedAt],
    ['started', 'failed', 'failed', start, receivedAt],
    ['started', 'aborted', 'aborted', start, receivedAt],
    ['completed', 'pending', 'completed', start, start],
  ] as const)('%s, then %s: %s', (before, status, after, startedAt, completedAt) => {
    const current = sampleBuild({
      status: before,
      startedAt: before === 'pending' ? null : start,
      completedAt: before === 'completed' ? start : null,
    });
    const build = foldBuildEvent(current, sampleEvent({ status }), receivedAt);
    expect(timesOf(build)).toEqual({ status: after, startedAt, completedAt });
  });

  it('lets later values win and keeps those that are not said again', () => {
    const current = sampleBuild({ buildUrl: 'old', scmBranch: 'main', extraMetadata: { a: 1, b: 1 } });
    const event = sampleEvent({ status: 'failed', buildUrl: 'new', errorCode: 'E1', extraMetadata: { b: 2, c: 2 } });
    expect(foldBuildEvent(current, event, receivedAt)).toMatchObject({
      buildUrl: 'new',
      scmBranch: 'main',
      errorCode: 'E1',
      extraMetadata: { a: 1, b: 2, c: 2 },
    });
  });

  it.each([
    ['an id stays', { invokeId: 'a' }, { invokeId: 'b' }, { invokeId: 'a', buildNumber: null }],
    [
      'a number that names the run stays',
      { buildNumber: '1' },
      { buildNumber: '2' },
      { invokeId: null, buildNumber: '1' },
    ],
    [
      'a number beside an id is a value like others',
      { invokeId: 'a', buildNumber: '1' },
      { buildNumber: '2' },
      { invokeId: 'a', buildNumber: '2' },
    ],
  ])('the run does not change: %s', (_, current, event, expected) => {
    expect(
      foldBuildEvent(sampleBuild(current), sampleEvent({ status: 'completed', ...event }), receivedAt),
    ).toMatchObject(expected);
  });

  it.each([
    ['pending', 'started', 'replaces'],
    ['pending', 'pending', 'replaces'],
    ['started', 'completed', 'keeps'],
    ['started', 'pending', 'keeps'],
  ] as const)('who built: %s, then %s %s the three fields together', (before, status, does) => {
    const current = sampleBuild({ status: before, builtBy: 'a', builtByEmail: 'a@example.com' });
    const build = foldBuildEvent(current, sampleEvent({ status, builtBy: 'b', builtByName: 'B' }), receivedAt);
    expect([build.builtBy, build.builtByEmail, build.builtByName]).toEqual(
      does === 'replaces' ? ['b', null, 'B'] : ['a', 'a@example.com', null],
    );
  });

  it('takes who built from an end where nobody was named before', () => {
    const build = foldBuildEvent(sampleBuild(), sampleEvent({ status: 'completed', builtBy: 'b' }), receivedAt);
    expect(build.builtBy).toBe('b');
  });
});

describe('any order', () => {
  const maybe = (...values: string[]) => fc.constantFrom(null, ...values);
  const details = fc.record({
    buildUrl: maybe('u1', 'u2'),
    buildNumber: maybe('1', '2'),
    invokeId: maybe('run'),
    scmSha: maybe('a', 'b'),
    scmBranch: maybe('main', 'next'),
    builtBy: maybe('x', 'y'),
    builtByName: maybe('X', 'Y'),
    errorMessage: maybe('m'),
    extraMetadata: fc.dictionary(fc.constantFrom('k', 'l'), fc.nat(3)),
  });
  const at = (step: number) => new Date(receivedAt.getTime() + step * 1000);

  function fold(events: readonly FoldedBuildEvent[]): object {
    const [first, ...rest] = events;
    const opened = openBuild(ids, first!, at(0));
    const build = rest.reduce<Build>((current, event, i) => foldBuildEvent(current, event, at(i + 1)), opened);
    const { createdAt: _created, updatedAt: _updated, startedAt: _started, completedAt: _completed, ...folded } = build;
    return folded;
  }

  it('a late pending ends where it would have ended had it come first', () => {
    fc.assert(
      fc.property(details, details, details, fc.constantFrom('completed', 'failed', 'aborted'), (a, b, c, end) => {
        const [pending, start] = [sampleEvent({ ...a, status: 'pending' }), sampleEvent({ ...b, status: 'started' })];
        const terminal = sampleEvent({ ...c, status: end });
        const inOrder = fold([pending, start, terminal]);
        expect(fold([start, pending, terminal])).toEqual(inOrder);
      }),
    );
  });

  it('a repeated event changes nothing but the time of the last change', () => {
    fc.assert(
      fc.property(
        details,
        fc.array(fc.record({ status: fc.constantFrom(...statuses), d: details }), { maxLength: 3 }),
        (first, rest) => {
          const events = [
            sampleEvent({ ...first, status: 'pending' }),
            ...rest.map(({ status, d }) => sampleEvent({ ...d, status })),
          ];
          const repeated = [...events, events.at(-1)!];
          expect(fold(repeated)).toEqual(fold(events));
        },
      ),
    );
  });

  it('never goes back, and never leaves an end', () => {
    const rank = { pending: 0, started: 1, completed: 2, failed: 2, aborted: 2 };
    fc.assert(
      fc.property(fc.constantFrom(...statuses), fc.constantFrom(...statuses), (before, status) => {
        const after = foldBuildEvent(sampleBuild({ status: before }), sampleEvent({ status }), receivedAt);
        expect(rank[after.status]).toBeGreaterThanOrEqual(rank[before]);
        if (rank[before] === 2) expect(after.status).toBe(before);
      }),
    );
  });
});
