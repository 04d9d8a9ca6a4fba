import { v7 as newId } from 'uuid';
import { nameKey } from '../catalog/name-key.js';
import type { BuildEvent } from './build-event.js';
import type { BuildNames } from './decide-build-event.js';
import type { VersionFacts } from './version-facts.js';

/** Gives ids to the products that a batch names for the first time: one id for one name, however many of its events name it. */
export class NewBuildNames {
  private readonly productIds = new Map<string, string>();

  /** The ids and shown names of an event's product and version. */
  complete({ productName }: BuildEvent, { product, version }: VersionFacts): BuildNames {
    const versionId = version?.id ?? newId();
    if (product !== null) return { productId: product.id, productName: product.name, versionId, newProduct: null };
    const key = nameKey(productName);
    return { productId: this.productIdOf(key), productName, versionId, newProduct: { name: productName, key } };
  }

  private productIdOf(key: string): string {
    const known = this.productIds.get(key);
    if (known !== undefined) return known;
    const id = newId();
    this.productIds.set(key, id);
    return id;
  }
}
