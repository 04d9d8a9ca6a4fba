import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  minutesBefore,
  sampleCheck,
  sampleDeployment,
  sampleEvent,
  sampleFacts,
  sampleGivenUp,
  samplePending,
} from '../../test/support/sample-deployments.js';
import type { CellFacts } from './cell-facts.js';
import { matchEvent } from './match-event.js';
import { statuses, type Status } from './normalize-status.js';

const started = (invokeId: string | null, id = `started ${invokeId}`) => sampleDeployment({ id, invokeId });
const pending = (invokeId: string | null, id = `pending ${invokeId}`) => samplePending({ id, invokeId });
const stale = (invokeId: string | null, id = `stale ${invokeId}`) =>
  sampleDeployment({ id, invokeId, lastEventAt: minutesBefore(120) });
const givenUp = (invokeId: string | null, id = `given up ${invokeId}`) => sampleGivenUp({ id, invokeId });
const otherVersion = sampleDeployment({ id: 'other version', versionId: 'another', version: '9.9.9' });
const blocked = (invokeId: string | null) => sampleCheck({}, { invokeId });

type Row = readonly [
  what: string,
  status: Status,
  invokeId: string | null,
  facts: Partial<CellFacts>,
  match: string | null,
];

function expectMatch(status: Status, invokeId: string | null, facts: Partial<CellFacts>, match: string | null): void {
  expect(matchEvent(sampleEvent({ status, invokeId }), sampleFacts(facts))?.id ?? null).toBe(match);
}

describe('any event', () => {
  it.each(statuses)('%s belongs to nothing where nothing is open', (status) => expectMatch(status, 'a', {}, null));

  it.each(statuses)('%s never belongs to a deployment of another version', (status) =>
    expectMatch(status, null, { open: [otherVersion] }, null),
  );

  it.each(statuses)('%s of a new version belongs to nothing', (status) =>
    expectMatch(status, null, { version: null, open: [otherVersion] }, null),
  );

  it.each(statuses)('%s belongs to the open one of the same run: a start first, then the newest', (status) => {
    expectMatch(status, 'a', { open: [started('b'), started('a')] }, 'started a');
    expectMatch(status, 'a', { open: [pending('a'), started('a')] }, 'started a');
    expectMatch(status, 'a', { open: [pending('a', 'newer'), pending('a', 'older')] }, 'newer');
    expectMatch(status, 'a', { open: [started('a', 'newer'), started('a', 'older')] }, 'newer');
    expectMatch(status, null, { open: [started('b'), pending(null)] }, 'pending null');
  });
});

describe('a start', () => {
  it.each<Row>([
    ['of another run than the open start is another deployment', 'started', 'b', { open: [started('a')] }, null],
    ['that names no run is not the start of a run', 'started', null, { open: [started('a')] }, null],
    ['of a run is not the start that named none', 'started', 'a', { open: [started(null)] }, null],
    ['of another run than the pending one is another deployment', 'started', 'b', { open: [pending('a')] }, null],
    ['starts what is pending and names no run', 'started', 'a', { open: [pending(null)] }, 'pending null'],
    ['that names no run starts what is pending', 'started', null, { open: [pending('a')] }, 'pending a'],
    ['does not bring back what is stale', 'started', 'a', { open: [stale('a')] }, null],
    ['does not bring back what was given up', 'started', 'a', { givenUp: [givenUp('a')] }, null],
  ])('%s', (_what, ...row) => expectMatch(...row));
});

describe('a pending event', () => {
  it.each<Row>([
    ['of another run is another deployment', 'pending', 'b', { open: [started('a')] }, null],
    ['that comes after the start, and names no run', 'pending', null, { open: [started('a')] }, 'started a'],
    ['that comes after a start that names no run', 'pending', 'a', { open: [started(null)] }, 'started null'],
    ['of a run that has ended by now', 'pending', 'a', { sameRun: givenUp('a') }, 'given up a'],
    [
      'of a run that has ended, while another is open',
      'pending',
      'a',
      { sameRun: givenUp('a'), open: [started('b')] },
      'given up a',
    ],
    ['does not bring back what is stale', 'pending', 'a', { open: [stale('a')] }, null],
  ])('%s', (_what, ...row) => expectMatch(...row));
});

describe.each(['completed', 'failed', 'aborted'] as const)('an end: %s', (end) => {
  it.each<Row>([
    ['by another run closes the only open one', end, 'b', { open: [started('a')] }, 'started a'],
    ['that names no run closes the only open one', end, null, { open: [started('a')] }, 'started a'],
    ['of a run closes the only open one, which named none', end, 'a', { open: [started(null)] }, 'started null'],
    ['closes what is only pending', end, 'b', { open: [pending('a')] }, 'pending a'],
    ['by another run closes none of several', end, 'c', { open: [started('b'), started('a')] }, null],
    ['counts the open ones of its own version', end, 'b', { open: [otherVersion, started('a')] }, 'started a'],
    ['closes nothing where its run was blocked', end, 'b', { open: [started('a')], lastCheck: blocked('b') }, null],
    ['without a run: the same', end, null, { open: [started('a')], lastCheck: blocked(null) }, null],
    [
      'closes its own run’s, though a later attempt was blocked',
      end,
      'a',
      { open: [started('a')], lastCheck: blocked('a') },
      'started a',
    ],
    [
      'closes the only open one where its run had passed',
      end,
      'b',
      { open: [started('a')], lastCheck: sampleCheck({ outcome: 'passed' }, { invokeId: 'b' }) },
      'started a',
    ],
    // The last check by its credential was another run's: that says nothing about this end.
    [
      'closes the only open one where another run was blocked',
      end,
      null,
      { open: [started('a')], lastCheck: blocked('b') },
      'started a',
    ],
    ['settles what is stale', end, 'a', { open: [stale('a')] }, 'stale a'],
    ['settles what was given up', end, 'a', { givenUp: [givenUp('a')] }, 'given up a'],
    ['by another run settles what was given up', end, 'b', { givenUp: [givenUp('a')] }, 'given up a'],
    ['settles none of several that were given up', end, 'c', { givenUp: [givenUp('b'), givenUp('a')] }, null],
    [
      'of a run that was given up leaves the open one alone',
      end,
      'a',
      { open: [started('b')], givenUp: [givenUp('a')] },
      'given up a',
    ],
    [
      'by a third run closes the open one, not the one given up',
      end,
      'c',
      { open: [started('b')], givenUp: [givenUp('a')] },
      'started b',
    ],
    [
      'that names no run: the open one before the one given up',
      end,
      null,
      { open: [started('b')], givenUp: [givenUp(null)] },
      'started b',
    ],
    [
      'by a third run settles nothing while several are open',
      end,
      'd',
      { open: [started('c'), started('b')], givenUp: [givenUp('a')] },
      null,
    ],
  ])('%s', (_what, ...row) => expectMatch(...row));
});

describe('an end after a block', () => {
  it.each(['failed', 'aborted'] as const)('%s is about the block, not about what was given up before', (end) => {
    expectMatch(end, 'a', { givenUp: [givenUp('a')], lastCheck: blocked('a') }, null);
    expectMatch(end, null, { givenUp: [givenUp(null)], lastCheck: blocked(null) }, null);
  });

  it('completed is about the deployment', () =>
    expectMatch('completed', 'a', { givenUp: [givenUp('a')], lastCheck: blocked('a') }, 'given up a'));
});

it('does not depend on whether the sweep has come by', () => {
  const runs = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', null), { maxLength: 3 });
  const anyRun = fc.constantFrom('a', 'b', 'c', 'd', null);
  const lastCheck = fc.option(anyRun.map(blocked), { nil: null });
  fc.assert(
    fc.property(
      fc.constantFrom(...statuses),
      anyRun,
      runs,
      runs,
      lastCheck,
      (status, invokeId, live, silent, check) => {
        const event = sampleEvent({ status, invokeId });
        const open = live.map((run) => started(run));
        const before = matchEvent(
          event,
          sampleFacts({ open: [...open, ...silent.map((run) => stale(run, `${run}`))], lastCheck: check }),
        );
        const after = matchEvent(
          event,
          sampleFacts({ open, givenUp: silent.map((run) => givenUp(run, `${run}`)), lastCheck: check }),
        );
        expect(after?.id).toBe(before?.id);
      },
    ),
  );
});
