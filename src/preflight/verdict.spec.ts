import { describe, expect, it } from '@jest/globals';
import { block, blockAll, blockCodes, exempt, finding, lastEndFirst, pass } from './verdict.js';

it('keeps the order and the statuses of the page on pre-flight checks', () => {
  expect(Object.entries(blockCodes)).toEqual([
    ['NO_DEPLOY_WINDOW', 423],
    ['FLOW_VIOLATION', 428],
    ['INSUFFICIENT_SOAK_TIME', 428],
    ['COOLDOWN_ACTIVE', 428],
    ['DEPLOYMENT_REQUEST_REQUIRED', 428],
    ['APPROVAL_REQUIRED', 428],
    ['QUALITY_APPROVAL_REQUIRED', 428],
    ['CONCURRENT_DEPLOYMENT', 409],
  ]);
});

describe('results', () => {
  const now = new Date('2026-03-02T14:00:00.000Z');
  const later = new Date('2026-03-02T15:00:00.000Z');
  const no = { message: 'no', details: { a: 1 } };

  it('pass() finds nothing', () => expect(pass()).toEqual({ kind: 'passed', findings: [], warnings: [] }));

  it('pass() warns', () => expect(pass('mind', 'this')).toMatchObject({ kind: 'passed', warnings: ['mind', 'this'] }));

  it('exempt() asks nothing', () => expect(exempt()).toEqual({ kind: 'exempt', findings: [], warnings: [] }));

  it.each([
    [no, null, null],
    [{ ...no, retryAfter: null }, null, null],
    [{ ...no, retryAfter: now }, now, now],
    [{ ...no, retryAfter: now, endsAt: later }, now, later],
    [{ ...no, endsAt: later }, null, later],
    [{ ...no, retryAfter: now, endsAt: null }, now, null],
  ])('block() says when it ends, where that is known: %j', (found, retryAfter, endsAt) => {
    expect(block('COOLDOWN_ACTIVE', found, 'mind')).toEqual({
      kind: 'failed',
      findings: [{ code: 'COOLDOWN_ACTIVE', message: 'no', details: { a: 1 }, retryAfter, endsAt }],
      warnings: ['mind'],
    });
  });

  it('blockAll() keeps the order of what was found', () => {
    const findings = [finding('FLOW_VIOLATION', no), finding('INSUFFICIENT_SOAK_TIME', no)];
    expect(blockAll(findings, 'mind')).toEqual({ kind: 'failed', findings, warnings: ['mind'] });
  });
});

describe('lastEndFirst', () => {
  it.each([
    [
      [1, 3, 2],
      [3, 2, 1],
    ],
    [
      [1, null, 2],
      [null, 2, 1],
    ],
    [
      [null, null, 5],
      [null, null, 5],
    ],
    [[], []],
  ])('%j: %j', (ends, sorted) => {
    const found = ends.map((end) => ({ retryAfter: end === null ? null : new Date(end) }));
    expect(found.toSorted(lastEndFirst).map(({ retryAfter }) => retryAfter?.getTime() ?? null)).toEqual(sorted);
  });
});
