import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applies } from '../preflight/policy.js';
import { type KnownScope, scopesMeet } from './scopes-meet.js';

const types = ['dev', 'production'] as const;
const products = ['web', 'api', 'another'];
const environments = [
  { key: 'blue', type: 'dev' },
  { key: 'green', type: 'production' },
  { key: 'red', type: 'production' },
];

const some = <Item>(items: readonly Item[]) => fc.subarray([...items]);
const scopes: fc.Arbitrary<KnownScope> = fc.record({
  products: some(products.slice(0, 2)),
  environments: some(environments.slice(0, 2)),
  environmentTypes: some(types),
});

describe('scopesMeet', () => {
  it('finds whether there is a place in both', () => {
    const isIn = (
      { products, environments, environmentTypes }: KnownScope,
      product: string,
      key: string,
      type: string,
    ) =>
      applies(
        { productKeys: products, environmentKeys: environments.map((one) => one.key), environmentTypes },
        product,
        key,
        type,
      );
    // What nobody names is there, too: another product, and environments of each type.
    const places = products.flatMap((product) =>
      [...environments, { key: 'another', type: 'dev' }].map(({ key, type }) => [product, key, type] as const),
    );
    const property = fc.property(scopes, scopes, (a, b) => {
      const met = places.some((place) => isIn(a, ...place) && isIn(b, ...place));
      expect(scopesMeet(a, b)).toBe(met);
      expect(scopesMeet(b, a)).toBe(met);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
