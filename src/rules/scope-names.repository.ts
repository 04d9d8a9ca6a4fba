import { Injectable } from '@nestjs/common';
import { readUuid } from '../common/validation/uuid.js';
import type { Prisma } from '../database/generated/client.js';
import { PrismaService } from '../database/prisma.service.js';

/** A product or environment that a rule names. */
export interface NamedThing {
  readonly id: string;
  readonly name: string;
  /** Under which rules name it: its id, and every name that it has or had. */
  readonly keys: readonly string[];
}

export interface NamedEnvironment extends NamedThing {
  readonly type: string;
}

/** What keys (`nameKey`) mean; those that mean nothing yet are missing. */
export type Named<Thing extends NamedThing> = ReadonlyMap<string, Thing>;

/** Finds what rules name, by name or id. */
@Injectable()
export class ScopeNamesRepository {
  constructor(private readonly prisma: PrismaService) {}

  async products(
    accountId: string,
    keys: readonly string[],
    tx: Prisma.TransactionClient = this.prisma,
  ): Promise<Named<NamedThing>> {
    const names = { productNames: { select: { nameKey: true } } } as const;
    const named = { productNames: { some: { nameKey: { in: [...keys] } } } };
    const found = await tx.product.findMany({
      where: { accountId, OR: [{ id: { in: idsAmong(keys) } }, named] },
      select: { id: true, name: true, ...names },
    });
    return byKey(
      keys,
      found.map(({ productNames, ...product }) => ({ ...product, keys: keysOf(product.id, productNames) })),
    );
  }

  async environments(
    accountId: string,
    keys: readonly string[],
    tx: Prisma.TransactionClient = this.prisma,
  ): Promise<Named<NamedEnvironment>> {
    const names = { environmentNames: { select: { nameKey: true } } } as const;
    const named = { environmentNames: { some: { nameKey: { in: [...keys] } } } };
    const found = await tx.environment.findMany({
      where: { accountId, OR: [{ id: { in: idsAmong(keys) } }, named] },
      select: { id: true, name: true, type: true, ...names },
    });
    return byKey(
      keys,
      found.map(({ environmentNames, ...environment }) => ({
        ...environment,
        keys: keysOf(environment.id, environmentNames),
      })),
    );
  }
}

function idsAmong(keys: readonly string[]): string[] {
  return keys.filter((key) => readUuid(key) !== null);
}

function keysOf(id: string, names: readonly { readonly nameKey: string }[]): string[] {
  return [id, ...names.map(({ nameKey }) => nameKey)];
}

/** An id matches before a name. */
function byKey<Thing extends NamedThing>(keys: readonly string[], things: readonly Thing[]): Named<Thing> {
  const found = keys.map((key) => {
    const thing = things.find(({ id }) => id === key) ?? things.find((one) => one.keys.includes(key));
    return [key, thing] as const;
  });
  return new Map(found.filter((entry): entry is readonly [string, Thing] => entry[1] !== undefined));
}
