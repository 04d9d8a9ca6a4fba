import { beforeEach, describe, expect, it } from '@jest/globals';
import { Reader } from './support/reader.js';
import { renameProduct } from './support/rename-product.js';
import { useVersioner } from './support/use-versioner.js';

describe('products', () => {
  const bed = useVersioner();
  let reader: Reader;

  beforeEach(() => {
    reader = new Reader(bed.versioner);
  });

  it('are shown with the names that they had', async () => {
    const { product_id: id } = await reader.deployed({ product_name: 'web', version: '1' });
    await renameProduct(bed.admin, id, 'Web-Shop');
    const product = {
      id,
      name: 'Web-Shop',
      aliases: ['web'],
      description: null,
      type: null,
      metadata: {},
      created_at: '2026-03-02T14:00:01.000Z',
      updated_at: '2026-03-02T14:00:01.000Z',
      archived_at: null,
    };
    expect(await reader.read('/products/')).toEqual([product]);
    expect(await reader.read(`/products/${id}`)).toEqual(product);
  });

  it('are found by present and former names and ids, whatever the letter case', async () => {
    const { product_id: web } = await reader.deployed({ product_name: 'web', version: '1' });
    const { product_id: api } = await reader.deployed({ product_name: 'api', version: '1' });
    await renameProduct(bed.admin, web, 'shop');
    for (const value of ['WEB', 'Shop', web]) {
      expect(await reader.read(`/products/?name=${value}`)).toMatchObject([{ id: web }]);
    }
    expect(await reader.read(`/products/?name=web&name=${api}`)).toMatchObject([{ id: api }, { id: web }]);
    expect(await reader.read('/products/?name=nothing')).toEqual([]);
  });
});
