import { describe, expect, it } from '@jest/globals';
import { Caches } from '../common/caches.js';
import { Policy, unknownPolicy } from './policy.js';
import { PolicyRules } from './policy-rules.js';

const noRules = { rules: [], environments: {} };
const placeOf = (productName: string) => ({ productName, environmentName: 'production', environmentType: null });

describe('the rules that are remembered', () => {
  it('are those of a bounded number of accounts', () => {
    const rules = new PolicyRules(new Caches());
    rules.learn('first', 1, noRules);
    expect(rules.known('first').revision).toBe(1);
    for (let i = 0; i < 1_000; i++) rules.learn(`account ${i}`, 1, noRules);
    expect(rules.known('first')).toBe(unknownPolicy);
    expect(rules.known('account 999').revision).toBe(1);
  });

  it('are those of a bounded number of places, whatever names are asked about', () => {
    const policy = new Policy(1, [], new Map());
    const first = policy.rulesFor(placeOf('first'));
    expect(policy.rulesFor(placeOf('first'))).toBe(first);
    for (let i = 0; i < 10_000; i++) policy.rulesFor(placeOf(`product ${i}`));
    expect(policy.rulesFor(placeOf('first'))).not.toBe(first);
    expect(policy.rulesFor(placeOf('first'))).toEqual(first);
  });
});
