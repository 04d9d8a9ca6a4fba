import { describe, expect, it } from '@jest/globals';
import { coversEnvironment, coversProduct, toNarrowing } from './narrowing.js';

describe('a narrowing', () => {
  it('is none where neither products nor environments are named', () => {
    expect(toNarrowing([], [])).toBeNull();
    expect([coversProduct(null, 'a'), coversProduct(null, null), coversEnvironment(null, null)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it.each([
    { products: ['a'], environments: [], product: 'a', environment: null, within: [true, true] },
    { products: ['a'], environments: [], product: 'b', environment: 'x', within: [false, true] },
    { products: ['a'], environments: [], product: null, environment: null, within: [false, true] },
    { products: [], environments: ['x'], product: null, environment: 'x', within: [true, true] },
    { products: [], environments: ['x'], product: 'a', environment: null, within: [true, false] },
    { products: ['a', 'b'], environments: ['x'], product: 'b', environment: 'y', within: [true, false] },
  ])(
    'to $products in $environments covers $product in $environment: $within',
    ({ products, environments, product, environment, within }) => {
      const narrowing = toNarrowing(products, environments);
      expect([coversProduct(narrowing, product), coversEnvironment(narrowing, environment)]).toEqual(within);
    },
  );
});
