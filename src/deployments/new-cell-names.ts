import { v7 as newId } from 'uuid';
import { positionOfType } from '../catalog/environment-position.js';
import { inferEnvironmentType } from '../catalog/infer-environment-type.js';
import { nameKey } from '../catalog/name-key.js';
import type { CellFacts } from './cell-facts.js';
import type { CellNames } from './plan-event.js';
import type { DeploymentEvent } from './deployment-event.js';

/** Gives ids to what a batch names for the first time: one id for one name, however many of its events name it. */
export class NewCellNames {
  private readonly ids = new Map<string, string>();

  /** The ids and shown names of an event's product, environment and version, and which of them are new. */
  complete(event: DeploymentEvent, { product, environment, version }: CellFacts): CellNames {
    const productKey = nameKey(event.productName);
    const environmentKey = nameKey(event.environmentName);
    const productId = product?.id ?? this.idOf(`product ${productKey}`);
    return {
      productId,
      productName: product?.name ?? event.productName,
      environmentId: environment?.id ?? this.idOf(`environment ${environmentKey}`),
      environmentName: environment?.name ?? event.environmentName,
      versionId: version?.id ?? this.idOf(`version ${productId} ${event.version}`),
      newNames: {
        product: product === null ? { name: event.productName, key: productKey } : null,
        environment: environment === null ? newEnvironment(event.environmentName, environmentKey) : null,
        version: version === null ? event.version : null,
      },
    };
  }

  private idOf(name: string): string {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = newId();
    this.ids.set(name, id);
    return id;
  }
}

function newEnvironment(name: string, key: string): CellNames['newNames']['environment'] {
  const type = inferEnvironmentType(name);
  return { name, key, type, position: positionOfType[type] };
}
