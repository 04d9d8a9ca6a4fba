import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { receivedAt as now } from '../../test/support/sample-builds.js';
import { sameSha } from '../catalog/same-sha.js';
import { type Status, statuses } from '../deployments/normalize-status.js';
import { isContradiction, settleVersionSource, unknownSource } from './settle-version-source.js';
import type { VersionSource } from './version-facts.js';

const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const prefix = '9fceb02';
const other = '0123456789abcdef0123456789abcdef01234567';
const earlier = new Date('2026-03-01T00:00:00.000Z');

type Said = Pick<VersionSource, 'scmSha' | 'scmBranch' | 'scmRepository'>;
const nothing: Said = { scmSha: null, scmBranch: null, scmRepository: null };
const open = (source: Partial<VersionSource> = {}): VersionSource => ({ ...unknownSource, ...source });
const fixed = (scmSha: string, source: Partial<VersionSource> = {}) => open({ scmSha, shaFixedAt: earlier, ...source });

/** An event, with a build that says the same. */
function settle(before: VersionSource, status: Status, said: Partial<Said>, build = said, late = false) {
  const event = { ...nothing, ...said, status };
  return settleVersionSource(before, { event, build: { ...nothing, ...build }, late, now });
}

describe('settleVersionSource', () => {
  describe('until a completed build has fixed it', () => {
    it.each([
      ['the first SHA is taken', open(), 'started', whole, { scmSha: whole, shaFixedAt: null }],
      ['a later SHA replaces', open({ scmSha: other }), 'started', whole, { scmSha: whole, shaFixedAt: null }],
      ['a failed build fixes nothing', open(), 'failed', whole, { scmSha: whole, shaFixedAt: null }],
      ['an aborted build fixes nothing', open(), 'aborted', whole, { scmSha: whole, shaFixedAt: null }],
      ['no SHA leaves what is there', open({ scmSha: whole }), 'started', null, { scmSha: whole, shaFixedAt: null }],
      ['a completed build fixes it', open(), 'completed', whole, { scmSha: whole, shaFixedAt: now }],
      [
        'a completed build replaces and fixes',
        open({ scmSha: other }),
        'completed',
        whole,
        { scmSha: whole, shaFixedAt: now },
      ],
      [
        'a completed build without a SHA fixes nothing',
        open({ scmSha: other }),
        'completed',
        null,
        { scmSha: other, shaFixedAt: null },
      ],
      [
        'the longer of two spellings is kept',
        open({ scmSha: whole }),
        'completed',
        prefix,
        { scmSha: whole, shaFixedAt: now },
      ],
    ] as const)('%s', (_, before, status, scmSha, after) => {
      expect(settle(before, status, { scmSha })).toMatchObject(after);
    });

    it('a completed build fixes the SHA that its start has given', () => {
      const after = settle(open({ scmSha: other }), 'completed', {}, { scmSha: whole, scmBranch: 'main' });
      expect(after).toEqual({ scmSha: whole, shaFixedAt: now, scmBranch: 'main', scmRepository: null });
    });

    it('a late pending fills gaps alone', () => {
      const said = { scmSha: other, scmBranch: 'next', scmRepository: 'a/b' };
      const after = settle(open({ scmSha: whole, scmBranch: 'main' }), 'pending', said, said, true);
      expect(after).toEqual({ scmSha: whole, shaFixedAt: null, scmBranch: 'main', scmRepository: 'a/b' });
    });

    it('later branches and repositories replace', () => {
      const before = open({ scmBranch: 'main', scmRepository: 'a/b' });
      expect(settle(before, 'started', { scmBranch: 'next' })).toMatchObject({
        scmBranch: 'next',
        scmRepository: 'a/b',
      });
    });
  });

  describe('once it is fixed', () => {
    it.each(statuses)('another SHA contradicts, whatever the status: %s', (status) => {
      expect(settle(fixed(whole), status, { scmSha: other })).toEqual({ existingSha: whole, submittedSha: other });
    });

    it('a completed build contradicts with the SHA of its start', () => {
      expect(settle(fixed(whole), 'completed', {}, { scmSha: other })).toEqual({
        existingSha: whole,
        submittedSha: other,
      });
      expect(settle(fixed(whole), 'failed', {}, { scmSha: other })).toEqual(fixed(whole));
    });

    it.each([
      ['the same', whole, whole, whole],
      ['the same in capitals', whole, whole.toUpperCase(), whole],
      ['its prefix', whole, prefix, whole],
      ['the whole, in place of its prefix', prefix, whole, whole],
      ['the whole in capitals, in place of its prefix', prefix, whole.toUpperCase(), whole.toUpperCase()],
      ['none', whole, null, whole],
    ])('takes %s', (_, scmSha, said, kept) => {
      for (const status of statuses) expect(settle(fixed(scmSha), status, { scmSha: said })).toEqual(fixed(kept));
    });

    it('fills gaps and replaces nothing', () => {
      const before = fixed(whole, { scmBranch: 'main' });
      const after = settle(before, 'started', { scmSha: whole, scmBranch: 'next', scmRepository: 'a/b' });
      expect(after).toEqual({ ...before, scmRepository: 'a/b' });
    });
  });

  it('never lets a fixed version become another commit', () => {
    const sha = fc.constantFrom(null, whole, prefix, whole.toUpperCase(), other, other.slice(0, 8), 'r1');
    const event = fc.record({ status: fc.constantFrom(...statuses), scmSha: sha });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let source: VersionSource = unknownSource;
        for (const { status, scmSha } of events) {
          const before = source;
          const settled = settle(before, status, { scmSha });
          if (!isContradiction(settled)) source = settled;
          if (before.shaFixedAt === null) continue;
          expect(source.shaFixedAt).toBe(before.shaFixedAt);
          expect(sameSha(source.scmSha!, before.scmSha!)).toBe(true);
          expect(isContradiction(settled)).toBe(scmSha !== null && !sameSha(scmSha, before.scmSha!));
        }
      }),
    );
  });
});
