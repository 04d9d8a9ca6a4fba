import { Injectable } from '@nestjs/common';
import { nameKey } from '../catalog/name-key.js';
import { readUuid } from '../common/validation/uuid.js';
import type { Prisma } from '../database/generated/client.js';

/** A product or environment that a key is narrowed to; no name: it has been erased, and the key is no wider for that. */
export interface NarrowedTo {
  readonly id: string;
  readonly name: string | null;
}

interface Narrowed {
  readonly productIds: readonly string[];
  readonly environmentIds: readonly string[];
}

/** Turns the names that an API key is narrowed to into ids, and back. */
@Injectable()
export class NarrowedNamesRepository {
  /** The ids of products by their present or former names, or by their ids; null for each that there is not. */
  async productIds(
    tx: Prisma.TransactionClient,
    accountId: string,
    asked: readonly string[],
  ): Promise<(string | null)[]> {
    const names = await tx.productName.findMany({ where: { accountId, nameKey: { in: asked.map(nameKey) } } });
    const found = await tx.product.findMany({
      where: { accountId, id: { in: idsAmong(asked) } },
      select: { id: true },
    });
    return resolve(asked, new Map(names.map((name) => [name.nameKey, name.productId])), found);
  }

  /** As `productIds`, for environments. */
  async environmentIds(
    tx: Prisma.TransactionClient,
    accountId: string,
    asked: readonly string[],
  ): Promise<(string | null)[]> {
    const where = { accountId, nameKey: { in: asked.map(nameKey) } };
    const names = await tx.environmentName.findMany({ where });
    const ids = { accountId, id: { in: idsAmong(asked) } };
    const found = await tx.environment.findMany({ where: ids, select: { id: true } });
    return resolve(asked, new Map(names.map((name) => [name.nameKey, name.environmentId])), found);
  }

  /** Keys with the names of what they are narrowed to, as these are now. */
  async complete<Key extends Narrowed>(
    tx: Prisma.TransactionClient,
    accountId: string,
    keys: readonly Key[],
  ): Promise<(Key & { products: NarrowedTo[]; environments: NarrowedTo[] })[]> {
    const productIds = keys.flatMap((key) => key.productIds);
    const environmentIds = keys.flatMap((key) => key.environmentIds);
    const select = { id: true, name: true } as const;
    const products =
      productIds.length === 0
        ? []
        : await tx.product.findMany({ where: { accountId, id: { in: [...new Set(productIds)] } }, select });
    const environments =
      environmentIds.length === 0
        ? []
        : await tx.environment.findMany({ where: { accountId, id: { in: [...new Set(environmentIds)] } }, select });
    const productNames = new Map(products.map(({ id, name }) => [id, name]));
    const environmentNames = new Map(environments.map(({ id, name }) => [id, name]));
    return keys.map((key) => ({
      ...key,
      products: key.productIds.map((id) => ({ id, name: productNames.get(id) ?? null })),
      environments: key.environmentIds.map((id) => ({ id, name: environmentNames.get(id) ?? null })),
    }));
  }
}

function idsAmong(asked: readonly string[]): string[] {
  return asked.map(readUuid).filter((id) => id !== null);
}

/** An id goes before a name, as in every filter. */
function resolve(
  asked: readonly string[],
  named: ReadonlyMap<string, string>,
  found: readonly { readonly id: string }[],
): (string | null)[] {
  const ids = new Set(found.map(({ id }) => id));
  return asked.map((one) => {
    const id = readUuid(one);
    return id !== null && ids.has(id) ? id : (named.get(nameKey(one)) ?? null);
  });
}
