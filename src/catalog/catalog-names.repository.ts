import { Injectable } from '@nestjs/common';
import { Prisma } from '../database/generated/client.js';
import type { CatalogName } from './catalog-names.js';
import { nameKey } from './name-key.js';

/** What has a name of its own, and names that it had. */
export type CatalogKind = 'product' | 'environment';

/** A name that belongs to another one. */
export interface TakenName {
  readonly asked: string;
  readonly holderId: string;
  readonly holderName: string;
  readonly holderArchived: boolean;
}

/** Whose names, and when. */
interface Owner {
  readonly accountId: string;
  readonly id: string;
  readonly at: Date;
}

/** How often a name is tried whose holder goes away meanwhile. */
const tries = 3;

/** The names of products and environments: of each kind one namespace, in which an event may take a name at any time. */
@Injectable()
export class CatalogNamesRepository {
  /** Until the transaction ends, nobody else changes the catalog of the account over REST, or its rules. */
  async lockAll(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
    await tx.$queryRaw`SELECT FROM accounts WHERE id = ${accountId}::uuid FOR NO KEY UPDATE`;
  }

  /**
   * Takes names for a product or environment. Who loses a race for a name waits for its winner, and is told of it.
   * Names are taken before the row itself is locked, as events do: so neither waits for the other in a ring.
   *
   * @param wanted in the order of `wantedNames`
   * @returns those that it did not have before, and those that belong to others
   */
  async claim(
    tx: Prisma.TransactionClient,
    kind: CatalogKind,
    { accountId, id, at }: Owner,
    wanted: readonly CatalogName[],
  ): Promise<{ added: ReadonlySet<string>; taken: readonly TakenName[] }> {
    const added = new Set<string>();
    let open = wanted;
    for (let i = 0; i < tries && open.length > 0; i++) {
      const keys = open.map(({ key }) => key);
      const names = open.map(({ name }) => name);
      const won = await tx.$queryRaw<{ key: string }[]>`
        INSERT INTO ${namesTable(kind)} (account_id, name_key, ${idColumn(kind)}, name, created_at)
        SELECT ${accountId}::uuid, x.key, ${id}::uuid, x.name, ${at}
        FROM unnest(${keys}::text[], ${names}::text[]) AS x (key, name)
        ON CONFLICT DO NOTHING RETURNING name_key AS key`;
      for (const { key } of won) added.add(key);
      const holders = await this.holders(tx, kind, accountId, keys);
      const taken = open.flatMap(({ key, name }) => {
        const holder = holders.find((one) => one.key === key);
        return holder === undefined || holder.holderId === id ? [] : [{ ...holder, asked: name }];
      });
      if (taken.length > 0) return { added, taken };
      open = open.filter(({ key }) => !holders.some((holder) => holder.key === key));
    }
    return { added, taken: [] };
  }

  /** Spells names otherwise: their keys stay. */
  async respell(
    tx: Prisma.TransactionClient,
    kind: CatalogKind,
    accountId: string,
    names: readonly CatalogName[],
  ): Promise<void> {
    for (const { key, name } of names) {
      await tx.$executeRaw`
        UPDATE ${namesTable(kind)} SET name = ${name} WHERE account_id = ${accountId}::uuid AND name_key = ${key}`;
    }
  }

  async remove(
    tx: Prisma.TransactionClient,
    kind: CatalogKind,
    { accountId, id }: Pick<Owner, 'accountId' | 'id'>,
    keys: readonly string[],
  ): Promise<void> {
    await tx.$executeRaw`
      DELETE FROM ${namesTable(kind)}
      WHERE account_id = ${accountId}::uuid AND ${idColumn(kind)} = ${id}::uuid AND name_key = ANY (${keys}::text[])`;
  }

  /** The names of the rules that name a thing by one of these keys: in their scope, or as a place that they ask about. */
  async rulesNaming(
    tx: Prisma.TransactionClient,
    kind: CatalogKind,
    accountId: string,
    keys: readonly string[],
  ): Promise<string[]> {
    const rules = await tx.deploymentRule.findMany({
      where: { accountId, deletedAt: null },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      select: { name: true, productKeys: true, environmentKeys: true, config: true },
    });
    return rules.flatMap(({ name, productKeys, environmentKeys, config }) => {
      const named = kind === 'product' ? productKeys : [...environmentKeys, ...placesIn(config)];
      return named.some((key) => keys.includes(key)) ? [name] : [];
    });
  }

  private async holders(tx: Prisma.TransactionClient, kind: CatalogKind, accountId: string, keys: readonly string[]) {
    return tx.$queryRaw<(Omit<TakenName, 'asked'> & { key: string })[]>`
      SELECT n.name_key AS key, q.id AS "holderId", q.name AS "holderName", q.archived_at IS NOT NULL AS "holderArchived"
      FROM ${namesTable(kind)} n
      JOIN ${table(kind)} q ON q.account_id = n.account_id AND q.id = n.${idColumn(kind)}
      WHERE n.account_id = ${accountId}::uuid AND n.name_key = ANY (${keys}::text[])`;
  }
}

/** Keys of the environments that a rule asks about, whatever its type. */
function placesIn(config: unknown): string[] {
  if (typeof config !== 'object' || config === null) return [];
  const { required_environments, target_environment, prerequisite_environment } = config as Record<string, unknown>;
  return [required_environments, target_environment, prerequisite_environment]
    .flat()
    .filter((name) => typeof name === 'string')
    .map(nameKey);
}

const table = (kind: CatalogKind) => Prisma.raw(`${kind}s`);
const namesTable = (kind: CatalogKind) => Prisma.raw(`${kind}_names`);
const idColumn = (kind: CatalogKind) => Prisma.raw(`${kind}_id`);
