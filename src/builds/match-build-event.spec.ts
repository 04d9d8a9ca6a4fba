import { describe, expect, it } from '@jest/globals';
import { sampleBuild } from '../../test/support/sample-builds.js';
import { statuses } from '../deployments/normalize-status.js';
import type { Build } from './build.js';
import { matchBuildEvent } from './match-build-event.js';

const pending = (id: string, run: Partial<Build> = {}) =>
  sampleBuild({ id, status: 'pending', startedAt: null, ...run });
const started = (id: string, run: Partial<Build> = {}) => sampleBuild({ id, ...run });
const run = (invokeId: string | null, buildNumber: string | null = null) => ({ invokeId, buildNumber });

function matched(event: Parameters<typeof matchBuildEvent>[0], open: readonly Build[], sameRun: Build | null = null) {
  return matchBuildEvent(event, { open, sameRun })?.id ?? null;
}

describe('matchBuildEvent', () => {
  describe.each(statuses)('%s', (status) => {
    it.each([
      ['nothing, where nothing is open', run('a'), [], null],
      ['the one of its run, not the newest', run('a'), [started('2', run('b')), started('1', run('a'))], '1'],
      ['started before pending', run('a'), [pending('2', run('a')), started('1', run('a'))], '1'],
      [
        'the newest of its run',
        run('a'),
        [started('3', run('b')), started('2', run('a')), started('1', run('a'))],
        '2',
      ],
      [
        'by build number, where neither has an id',
        run(null, '7'),
        [started('2', run(null, '8')), started('1', run(null, '7'))],
        '1',
      ],
      [
        'by build number, where it has no id',
        run(null, '7'),
        [started('2', run('b', '8')), started('1', run('a', '7'))],
        '1',
      ],
      [
        'by build number, where the open one has no id',
        run('a', '7'),
        [started('2', run(null, '8')), started('1', run(null, '7'))],
        '1',
      ],
      ['the nameless one, where it names no run', run(null), [started('2', run('b')), started('1')], '1'],
    ])('belongs to %s', (_, event, open, expected) => {
      expect(matched({ status, ...event }, open)).toBe(expected);
    });

    it('does not take a build number for the run where both have ids', () => {
      expect(
        matched({ status, ...run('a', '7') }, [started('2', run('b', '7')), started('1', run('c', '7'))]),
      ).toBeNull();
    });
  });

  it.each([
    ['completed', [started('1', run('b'))], '1'],
    ['failed', [pending('1', run('b'))], '1'],
    ['aborted', [started('1')], '1'],
    ['completed', [started('2', run('b')), started('1', run('c'))], null],
  ] as const)('by another run, %s closes the only open one', (status, open, expected) => {
    expect(matched({ status, ...run('a') }, open)).toBe(expected);
  });

  it.each([
    ['a pending one that names no run', run('a'), [pending('1')], '1'],
    ['a pending one, where it names none itself', run(null), [pending('1', run('a'))], '1'],
    ['no pending one of another run', run('a'), [pending('1', run('b'))], null],
    ['no started one of another run', run('a'), [started('1', run('b'))], null],
    ['no started one that names no run', run('a'), [started('1')], null],
  ])('a start takes %s', (_, event, open, expected) => {
    expect(matched({ status: 'started', ...event }, open)).toBe(expected);
  });

  it('a late pending belongs to the build of its run that has ended', () => {
    const ended = sampleBuild({ id: 'ended', status: 'completed', ...run('a') });
    expect(matched({ status: 'pending', ...run('a') }, [], ended)).toBe('ended');
    expect(matched({ status: 'completed', ...run('a') }, [], ended)).toBeNull();
  });
});
