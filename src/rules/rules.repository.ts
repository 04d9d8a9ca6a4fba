import { Injectable } from '@nestjs/common';
import type { Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import {
  type RuleDefinition,
  type RuleRevisionView,
  type RuleView,
  toRuleDefinitionDto,
  toRuleKeys,
} from './rule.mapper.js';

/** Which rules a list shows; null: whichever. */
export interface RuleFilter {
  readonly types: readonly string[] | null;
  readonly statuses: readonly string[] | null;
  readonly nameKeys: readonly string[] | null;
  /** Every key of the products for one of which the rules apply. */
  readonly productKeys: readonly string[] | null;
  /** Those in one of which the rules apply. */
  readonly environments: readonly { readonly keys: readonly string[]; readonly type: string }[] | null;
}

export const everyRule: RuleFilter = {
  types: null,
  statuses: null,
  nameKeys: null,
  productKeys: null,
  environments: null,
};

/** A flow that is evaluated, as it is stored. */
export interface StoredFlow {
  readonly id: string;
  readonly name: string;
  readonly productKeys: readonly string[];
  readonly config: unknown;
}

/** For services, which hold transactions open and know nothing else of them. */
export type Transaction = Prisma.TransactionClient;

/** Whose change, and when. */
export interface Change {
  readonly accountId: string;
  readonly userId: string | null;
  readonly at: Date;
}

/** Rules, of which an account has a few hundred at most, and what they were. Those that were deleted are not found. */
@Injectable()
export class RulesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Those that are not deleted. */
  async count(tx: Prisma.TransactionClient, accountId: string): Promise<number> {
    return tx.deploymentRule.count({ where: { accountId, deletedAt: null } });
  }

  /** Until the transaction ends, nobody else changes a rule of the account. */
  async lockAll(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
    await tx.$queryRaw`SELECT FROM accounts WHERE id = ${accountId}::uuid FOR NO KEY UPDATE`;
  }

  async list(accountId: string, filter: RuleFilter, limit: number, after: PageEnd | null): Promise<RuleView[]> {
    const where = { AND: [{ accountId, deletedAt: null }, olderThan(after), conditionsOf(filter)] };
    return this.prisma.deploymentRule.findMany({ where, orderBy: newestFirstOrder, take: limit });
  }

  /** In the order of their creation. */
  async listAll(
    accountId: string,
    filter: RuleFilter,
    tx: Prisma.TransactionClient = this.prisma,
  ): Promise<RuleView[]> {
    const where = { AND: [{ accountId, deletedAt: null }, conditionsOf(filter)] };
    return tx.deploymentRule.findMany({ where, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  }

  async find(accountId: string, id: string, tx: Prisma.TransactionClient = this.prisma): Promise<RuleView | null> {
    return tx.deploymentRule.findUnique({ where: { accountId_id: { accountId, id }, deletedAt: null } });
  }

  async findByName(tx: Prisma.TransactionClient, accountId: string, nameKey: string): Promise<RuleView | null> {
    return tx.deploymentRule.findFirst({ where: { accountId, nameKey, deletedAt: null } });
  }

  /** The flows that are enabled or only report. */
  async evaluatedFlows(
    tx: Prisma.TransactionClient,
    accountId: string,
    exceptId: string | null,
  ): Promise<StoredFlow[]> {
    const evaluated = { deletedAt: null, type: 'flow', status: { not: 'disabled' } };
    return tx.deploymentRule.findMany({
      where: { accountId, ...evaluated, ...(exceptId === null ? {} : { id: { not: exceptId } }) },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      select: { id: true, name: true, productKeys: true, config: true },
    });
  }

  async create(
    tx: Prisma.TransactionClient,
    id: string,
    definition: RuleDefinition,
    { accountId, userId, at }: Change,
  ): Promise<RuleView> {
    const own = { accountId, id, revision: 1, type: definition.type, createdBy: userId, createdAt: at, updatedAt: at };
    const rule = await tx.deploymentRule.create({ data: { ...own, ...columnsOf(definition) } });
    await this.beginRevision(tx, rule, { accountId, userId, at });
    return rule;
  }

  /** What the rule was is kept beside what it is from now on. */
  async update(
    tx: Prisma.TransactionClient,
    { id, revision }: RuleView,
    definition: RuleDefinition,
    { accountId, userId, at }: Change,
  ): Promise<RuleView> {
    await this.endRevision(tx, accountId, id, revision, at);
    const rule = await tx.deploymentRule.update({
      where: { accountId_id: { accountId, id } },
      data: { revision: revision + 1, updatedAt: at, ...columnsOf(definition) },
    });
    await this.beginRevision(tx, rule, { accountId, userId, at });
    return rule;
  }

  /** It is found no more; what it was stays, and what it found. */
  async delete(tx: Prisma.TransactionClient, { id, revision }: RuleView, accountId: string, at: Date): Promise<void> {
    await this.endRevision(tx, accountId, id, revision, at);
    const where = { accountId_id: { accountId, id } };
    await tx.deploymentRule.update({ where, data: { deletedAt: at }, select: { id: true } });
  }

  /**
   * What a rule was, the latest first, also of one that was deleted; null where there never was one.
   * @param before the revision after which the list goes on
   */
  async revisions(
    accountId: string,
    ruleId: string,
    limit: number,
    before: number | null,
  ): Promise<RuleRevisionView[] | null> {
    const found = await this.prisma.deploymentRuleRevision.findMany({
      where: { accountId, ruleId, ...(before === null ? {} : { revision: { lt: before } }) },
      orderBy: { revision: 'desc' },
      take: limit,
    });
    // Revision 1 is never deleted: a page that starts at the top is empty for unknown rules alone.
    return found.length === 0 && before === null ? null : found;
  }

  private async beginRevision(
    tx: Prisma.TransactionClient,
    rule: RuleView,
    { accountId, userId, at }: Change,
  ): Promise<void> {
    const definition = toRuleDefinitionDto(rule) as unknown as Prisma.InputJsonObject;
    const { id: ruleId, revision } = rule;
    await tx.deploymentRuleRevision.create({
      data: { accountId, ruleId, revision, definition, validFrom: at, changedBy: userId },
      select: { revision: true },
    });
  }

  private async endRevision(
    tx: Prisma.TransactionClient,
    accountId: string,
    ruleId: string,
    revision: number,
    at: Date,
  ): Promise<void> {
    const where = { accountId_ruleId_revision: { accountId, ruleId, revision } };
    await tx.deploymentRuleRevision.update({ where, data: { validTo: at }, select: { revision: true } });
  }
}

function columnsOf(definition: RuleDefinition) {
  const { name, description, message, status, products, environments, environmentTypes, config } = definition;
  const { nameKey, productKeys, environmentKeys } = toRuleKeys(definition);
  return {
    name,
    nameKey,
    description,
    message,
    status,
    products: [...products],
    environments: [...environments],
    environmentTypes: [...environmentTypes],
    productKeys: [...productKeys],
    environmentKeys: [...environmentKeys],
    config: config as Prisma.InputJsonObject,
  };
}

/** A rule applies where every list of its scope that is not empty matches. */
function conditionsOf({ types, statuses, nameKeys, productKeys, environments }: RuleFilter) {
  const conditions: Prisma.DeploymentRuleWhereInput[] = [];
  if (types !== null) conditions.push({ type: { in: [...types] } });
  if (statuses !== null) conditions.push({ status: { in: [...statuses] } });
  if (nameKeys !== null) conditions.push({ nameKey: { in: [...nameKeys] } });
  if (productKeys !== null) {
    conditions.push({ OR: [{ productKeys: { isEmpty: true } }, { productKeys: { hasSome: [...productKeys] } }] });
  }
  if (environments !== null) {
    const applies = environments.map(({ keys, type }) => ({
      AND: [
        { OR: [{ environmentKeys: { isEmpty: true } }, { environmentKeys: { hasSome: [...keys] } }] },
        { OR: [{ environmentTypes: { isEmpty: true } }, { environmentTypes: { has: type } }] },
      ],
    }));
    conditions.push({ OR: applies });
  }
  return { AND: conditions };
}
