import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listOverrides } from './list-overrides.sql.js';
import type { OverrideState } from './overrides.mapper.js';

const state = fc.constantFrom<OverrideState>('open', 'used', 'revoked', 'expired');
const cut = { limit: 50, after: null, from: null, to: null };
const now = new Date('2026-06-01T12:00:00Z');

const statementOf = (states: readonly OverrideState[]) =>
  listOverrides('account', { product: null, environment: null, states }, cut, now).statement;

it('gives each text a name of its own, whatever order the states come in and however often', () => {
  const texts = new Map<string, string>();
  fc.assert(
    fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), (states) => {
      const { name, text } = statementOf(states);
      expect(text).toBe(texts.get(name) ?? text);
      texts.set(name, text);
      expect(statementOf([...states.toReversed(), ...states])).toEqual(statementOf(states));
    }),
  );
});
