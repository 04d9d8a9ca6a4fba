import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  minutesBefore,
  receivedAt,
  sampleDeployment,
  sampleEvent,
  sampleGivenUp,
  samplePending,
} from '../../test/support/sample-deployments.js';
import type { Deployment } from './deployment.js';
import { type FoldedEvent, foldEvent, openDeployment } from './fold-event.js';
import { isTerminal, statuses } from './normalize-status.js';

const ids = { id: 'deployment', productId: 'product', versionId: 'version', environmentId: 'environment' };
const aMinuteLater = new Date(receivedAt.getTime() + 60_000);
const justOver5Minutes = new Date(minutesBefore(5).getTime() - 1);

function timesOf({ status, startedAt, completedAt, effectiveCompletedAt }: Deployment) {
  return { status, startedAt, completedAt, effectiveCompletedAt };
}

describe('openDeployment', () => {
  it.each([
    // status, what the client sent; started_at, completed_at, and from when it counts as completed
    ['pending', {}, null, null, null],
    ['pending', { startedAt: minutesBefore(9), completedAt: minutesBefore(8) }, null, null, null],
    ['started', {}, receivedAt, null, null],
    ['started', { startedAt: minutesBefore(90) }, minutesBefore(90), null, null],
    ['started', { startedAt: aMinuteLater }, receivedAt, null, null],
    // The CI action sends its own now as completed_at with every event.
    ['started', { completedAt: minutesBefore(1) }, receivedAt, null, null],
    ['completed', {}, null, receivedAt, receivedAt],
    ['completed', { completedAt: aMinuteLater }, null, receivedAt, receivedAt],
    ['completed', { completedAt: minutesBefore(1) }, null, minutesBefore(1), receivedAt],
    // Five minutes are not yet a backfill, a millisecond more is.
    ['completed', { completedAt: minutesBefore(5) }, null, minutesBefore(5), receivedAt],
    ['completed', { completedAt: justOver5Minutes }, null, justOver5Minutes, justOver5Minutes],
    ['completed', { completedAt: minutesBefore(9000) }, null, minutesBefore(9000), minutesBefore(9000)],
    // started_at = now with an end is no start.
    ['completed', { startedAt: receivedAt }, null, receivedAt, receivedAt],
    ['completed', { startedAt: minutesBefore(5) }, null, receivedAt, receivedAt],
    ['completed', { startedAt: justOver5Minutes }, justOver5Minutes, receivedAt, receivedAt],
    // Nothing starts after it has ended.
    [
      'completed',
      { startedAt: minutesBefore(6), completedAt: minutesBefore(8) },
      minutesBefore(8),
      minutesBefore(8),
      minutesBefore(8),
    ],
    ['failed', { completedAt: minutesBefore(8) }, null, minutesBefore(8), null],
    ['failed', { completedAt: aMinuteLater }, null, receivedAt, null],
    ['aborted', {}, null, receivedAt, null],
  ] as const)('%s with %j', (status, times, startedAt, completedAt, effectiveCompletedAt) => {
    const deployment = openDeployment(ids, sampleEvent({ status, ...times }), receivedAt);
    expect(timesOf(deployment)).toEqual({ status, startedAt, completedAt, effectiveCompletedAt });
    expect(deployment).toMatchObject({
      ...ids,
      createdAt: receivedAt,
      updatedAt: receivedAt,
      lastEventAt: receivedAt,
      startReceivedAt: status === 'started' ? receivedAt : null,
    });
  });
});

describe('foldEvent', () => {
  it.each([
    // before, event; status, started_at, completed_at, counts as completed from
    ['pending', 'pending', {}, 'pending', null, null, null],
    ['pending', 'started', { startedAt: minutesBefore(7) }, 'started', minutesBefore(7), null, null],
    ['pending', 'completed', {}, 'completed', null, receivedAt, receivedAt],
    // An end without a start: it may lie back.
    ['pending', 'completed', { completedAt: minutesBefore(6) }, 'completed', null, minutesBefore(6), minutesBefore(6)],
    ['pending', 'failed', {}, 'failed', null, receivedAt, null],
    ['pending', 'aborted', {}, 'aborted', null, receivedAt, null],
    ['started', 'pending', {}, 'started', minutesBefore(60), null, null],
    ['started', 'started', { startedAt: minutesBefore(1) }, 'started', minutesBefore(60), null, null],
    ['started', 'completed', {}, 'completed', minutesBefore(60), receivedAt, receivedAt],
    // A start was seen here: the client's time is kept, and places nothing.
    [
      'started',
      'completed',
      { startedAt: minutesBefore(50), completedAt: minutesBefore(30) },
      'completed',
      minutesBefore(60),
      minutesBefore(30),
      receivedAt,
    ],
    ['started', 'completed', { completedAt: aMinuteLater }, 'completed', minutesBefore(60), receivedAt, receivedAt],
    ['started', 'failed', { completedAt: minutesBefore(2) }, 'failed', minutesBefore(60), minutesBefore(2), null],
    ['started', 'aborted', {}, 'aborted', minutesBefore(60), receivedAt, null],
  ] as const)('%s, then %s with %j: %s', (before, status, times, after, startedAt, completedAt, effective) => {
    const current = before === 'pending' ? samplePending() : sampleDeployment();
    const folded = foldEvent(current, sampleEvent({ status, ...times }), receivedAt);
    expect(timesOf(folded)).toEqual({ status: after, startedAt, completedAt, effectiveCompletedAt: effective });
    expect(folded).toMatchObject({ id: current.id, createdAt: current.createdAt, updatedAt: receivedAt });
  });

  it('is started once: by the receipt of the start, whatever the client says of it', () => {
    const folded = foldEvent(samplePending(), sampleEvent({ startedAt: minutesBefore(7) }), receivedAt);
    expect(folded.startReceivedAt).toEqual(receivedAt);
  });

  it.each(['completed', 'failed', 'aborted'] as const)('settles what was given up as stale: %s', (status) => {
    const folded = foldEvent(sampleGivenUp(), sampleEvent({ status, completedAt: minutesBefore(9) }), receivedAt);
    expect(folded).toMatchObject({
      status,
      endReason: null,
      startedAt: minutesBefore(60),
      completedAt: minutesBefore(9),
      effectiveCompletedAt: status === 'completed' ? receivedAt : null,
    });
  });

  it.each(['superseded', 'aborted', null] as const)('settles nothing else that has ended: %s', (endReason) => {
    const ended = sampleGivenUp({ endReason });
    const folded = foldEvent(ended, sampleEvent({ status: 'completed' }), receivedAt);
    expect(folded).toMatchObject({ status: 'aborted', endReason, completedAt: ended.completedAt });
  });

  it('takes later values, and what came earlier where there is none', () => {
    const first = { scmSha: 'aaaaaaa', scmBranch: 'main', buildNumber: '1', deployUrl: 'https://first.example' };
    const current = sampleDeployment(first);
    const second = {
      scmSha: 'bbbbbbb',
      buildUrl: 'https://second.example',
      sourceSystem: 'jenkins',
      scmRepository: 'a/b',
    };
    const folded = foldEvent(current, sampleEvent({ status: 'completed', ...second }), receivedAt);
    expect(folded).toMatchObject({ ...first, ...second });
  });

  it('belongs to the run of its first event that names one', () => {
    const completed = sampleEvent({ status: 'completed', invokeId: 'run-2' });
    expect(foldEvent(sampleDeployment({ invokeId: 'run-1' }), completed, receivedAt).invokeId).toBe('run-1');
    expect(foldEvent(sampleDeployment(), completed, receivedAt).invokeId).toBe('run-2');
  });

  it('merges extra_metadata by key', () => {
    const current = sampleDeployment({
      extraMetadata: { kept: 1, replaced: { whole: true }, preflight_status: 'ours' },
    });
    const folded = foldEvent(
      current,
      sampleEvent({ status: 'completed', extraMetadata: { replaced: 'later', added: null } }),
      receivedAt,
    );
    expect(folded.extraMetadata).toEqual({ kept: 1, replaced: 'later', added: null, preflight_status: 'ours' });
  });

  it('takes a late pending for what came first: it fills gaps and shows no sign of life', () => {
    const current = sampleDeployment({ scmBranch: 'main', extraMetadata: { kept: 1 } });
    const pending = sampleEvent({
      status: 'pending',
      scmBranch: 'queued',
      buildNumber: '7',
      extraMetadata: { kept: 2, added: 3 },
    });
    expect(foldEvent(current, pending, receivedAt)).toMatchObject({
      status: 'started',
      scmBranch: 'main',
      buildNumber: '7',
      extraMetadata: { kept: 1, added: 3 },
      lastEventAt: current.lastEventAt,
    });
  });

  describe('who deployed', () => {
    const octocat = { deployedBy: 'octocat', deployedByEmail: 'octocat@example.com', deployedByName: null };
    const hubot = { deployedBy: 'hubot', deployedByEmail: null, deployedByName: 'Hubot' };
    const nobody = { deployedBy: null, deployedByEmail: null, deployedByName: null };

    it.each([
      // The pending event, the start, the end; the deployer.
      [octocat, hubot, nobody, hubot],
      [octocat, nobody, hubot, octocat],
      [nobody, octocat, hubot, octocat],
      [nobody, nobody, hubot, hubot],
      [nobody, nobody, nobody, nobody],
    ])('%j, %j, %j', (pending, start, end, who) => {
      const announced = openDeployment(ids, sampleEvent({ status: 'pending', ...pending }), minutesBefore(3));
      const started = foldEvent(announced, sampleEvent({ status: 'started', ...start }), minutesBefore(2));
      const ended = foldEvent(started, sampleEvent({ status: 'completed', ...end }), minutesBefore(1));
      expect(ended).toMatchObject(who);
    });

    it('is taken whole: no name stands beside another person’s mail', () => {
      const announced = samplePending(octocat);
      expect(foldEvent(announced, sampleEvent({ ...nobody, deployedByName: 'Hubot' }), receivedAt)).toMatchObject({
        ...nobody,
        deployedByName: 'Hubot',
      });
    });
  });
});

describe('the fold, whatever is sent', () => {
  const text = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null });
  const time = fc.option(fc.constantFrom(minutesBefore(9), minutesBefore(1), aMinuteLater), { nil: null });
  const details = fc.record({
    sourceSystem: text,
    buildNumber: text,
    scmSha: text,
    scmBranch: text,
    startedAt: time,
    completedAt: time,
    extraMetadata: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.integer({ min: 0, max: 3 })),
  });
  const deployer = fc.record({ deployedBy: text, deployedByEmail: text });
  const event = (status: fc.Arbitrary<(typeof statuses)[number]>) =>
    fc.tuple(status, details, deployer).map(([named, known, who]) => sampleEvent({ status: named, ...known, ...who }));
  const anyEvent = event(fc.constantFrom(...statuses));

  /** One event a second. */
  function foldAll([first, ...rest]: readonly FoldedEvent[]): Deployment {
    const at = (seconds: number) => new Date(receivedAt.getTime() + seconds * 1000);
    return rest.reduce<Deployment>(
      (current, one, i) => foldEvent(current, one, at(i + 1)),
      openDeployment(ids, first!, at(0)),
    );
  }

  /** Everything but the instants of receipt, which of course differ with the order. */
  function foldedValues(deployment: Deployment) {
    const {
      createdAt,
      updatedAt,
      lastEventAt,
      startReceivedAt,
      startedAt,
      completedAt,
      effectiveCompletedAt,
      ...values
    } = deployment;
    return { ...values, hasStarted: startReceivedAt !== null, hasCompleted: effectiveCompletedAt !== null };
  }

  it('never goes back from an end', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 6 }), anyEvent, (events, last) => {
        const before = foldAll(events);
        fc.pre(isTerminal(before.status));
        expect(timesOf(foldEvent(before, last, aMinuteLater))).toEqual(timesOf(before));
      }),
    );
  });

  it('never goes back from a start to pending', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 6 }), (events) => {
        const { status } = foldAll(events);
        const furthest = events.find((one) => isTerminal(one.status))?.status;
        expect(status).toBe(furthest ?? (events.some((one) => one.status === 'started') ? 'started' : 'pending'));
      }),
    );
  });

  it('keeps what the service’s own times promise: nothing in the future, an effective completion for completed alone', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 6 }), (events) => {
        const folded = foldAll(events);
        const last = new Date(receivedAt.getTime() + (events.length - 1) * 1000);
        for (const moment of [folded.startedAt, folded.completedAt, folded.effectiveCompletedAt]) {
          expect(moment === null || moment <= last).toBe(true);
        }
        expect(folded.effectiveCompletedAt !== null).toBe(folded.status === 'completed');
        expect(folded.completedAt !== null).toBe(isTerminal(folded.status));
      }),
    );
  });

  it('is the same when an event is repeated', () => {
    const run = fc.tuple(event(fc.constant('pending')), event(fc.constant('started')), event(fc.constant('completed')));
    fc.assert(
      fc.property(run, fc.nat({ max: 2 }), (events, repeated) => {
        const once = foldedValues(foldAll(events));
        const atOnce = events.flatMap((one, i) => (i === repeated ? [one, one] : [one]));
        expect(foldedValues(foldAll(atOnce))).toEqual(once);
      }),
    );
  });

  it('is the same wherever a late pending arrives', () => {
    // Who deployed is the start's to say; of a start that names nobody nothing can be told afterwards.
    const start = event(fc.constant('started')).map((one) => ({ ...one, deployedBy: 'octocat' }));
    const ends = event(fc.constantFrom('completed', 'failed', 'aborted'));
    const run = fc.tuple(event(fc.constant('pending')), start, ends);
    fc.assert(
      fc.property(run, ([pending, started, ended]) => {
        const inOrder = foldedValues(foldAll([pending, started, ended]));
        expect(foldedValues(foldAll([started, pending, ended]))).toEqual(inOrder);
        expect(foldedValues(foldAll([started, ended, pending]))).toEqual(inOrder);
      }),
    );
  });
});
