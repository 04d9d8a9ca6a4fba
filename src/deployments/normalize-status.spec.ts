import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTerminal, normalizeStatus, type Status, statuses } from './normalize-status.js';

const shared: [alias: string, canonical: Status][] = [
  ['pending', 'pending'],
  ['queued', 'pending'],
  ['scheduled', 'pending'],
  ['started', 'started'],
  ['in_progress', 'started'],
  ['init', 'started'],
  ['success', 'completed'],
  ['completed', 'completed'],
  ['complete', 'completed'],
  ['finished', 'completed'],
  ['failed', 'failed'],
  ['fail', 'failed'],
  ['failure', 'failed'],
  ['error', 'failed'],
  ['aborted', 'aborted'],
  ['abort', 'aborted'],
  ['canceled', 'aborted'],
  ['cancelled', 'aborted'],
  ['cancel', 'aborted'],
  ['skipped', 'aborted'],
];

const tables: Record<'deployment' | 'build', [alias: string, canonical: Status][]> = {
  deployment: [...shared, ['deploying', 'started'], ['deployed', 'completed']],
  build: [...shared, ['building', 'started'], ['built', 'completed']],
};

describe.each(['deployment', 'build'] as const)('normalizeStatus of a %s', (kind) => {
  it.each(tables[kind])('reads %s as %s, in any letter case', (alias, canonical) => {
    const spellings = [alias, alias.toUpperCase(), alias[0]!.toUpperCase() + alias.slice(1), ` ${alias}\n`];
    expect(spellings.map((spelling) => normalizeStatus(kind, spelling))).toEqual(spellings.map(() => canonical));
  });

  it('knows nothing else', () => {
    const known = new Set(tables[kind].map(([alias]) => alias));
    fc.assert(
      fc.property(fc.string(), (raw) => {
        fc.pre(!known.has(raw.trim().toLowerCase()));
        expect(normalizeStatus(kind, raw)).toBeNull();
      }),
    );
  });

  it.each(['', 'done', 'in progress', 'in-progress', 'start', 'constructor', '__proto__', 'toString'])(
    'does not know %j',
    (raw) => expect(normalizeStatus(kind, raw)).toBeNull(),
  );
});

it('keeps the words of deployments and of builds apart', () => {
  expect(['deploying', 'deployed'].map((alias) => normalizeStatus('build', alias))).toEqual([null, null]);
  expect(['building', 'built'].map((alias) => normalizeStatus('deployment', alias))).toEqual([null, null]);
});

it('calls completed, failed and aborted an end', () => {
  expect(statuses.filter(isTerminal)).toEqual(['completed', 'failed', 'aborted']);
});
