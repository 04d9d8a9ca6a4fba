import { Injectable } from '@nestjs/common';
import { toAccountDto } from '../accounts/account.mapper.js';
import { aliasesOf } from '../catalog/catalog-names.js';
import type { Prisma } from '../database/generated/client.js';
import { PrismaService } from '../database/prisma.service.js';
import { toRuleDefinitionDto } from '../rules/rule.mapper.js';
import type { Configuration, Fields, Thing } from './configuration.js';
import { accountFields } from './kinds.js';
import { namer, withNames } from './with-names.js';

const byAge = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
const named = { select: { nameKey: true, name: true } } as const;
const omit = { policyRevision: true, rulesRevision: true, overridesUntil: true } as const;

/** Reads all that a file of configuration may tell of: a few thousand things at most. */
@Injectable()
export class ConfigurationRepository {
  constructor(private readonly prisma: PrismaService) {}

  async findAccount(slug: string): Promise<string | null> {
    return (await this.prisma.account.findUnique({ where: { slug }, select: { id: true } }))?.id ?? null;
  }

  /**
   * Until the transaction ends, nobody else changes the account, its rules, its catalog or its people over REST. Answers
   * false where somebody is about to: waiting inside a statement would look like a database that does not answer.
   */
  async tryLock(tx: Prisma.TransactionClient, accountId: string): Promise<boolean> {
    const locked = await tx.$queryRaw<unknown[]>`
      SELECT id FROM accounts WHERE id = ${accountId}::uuid FOR NO KEY UPDATE SKIP LOCKED`;
    return locked.length > 0;
  }

  async read(accountId: string, tx: Prisma.TransactionClient = this.prisma): Promise<Configuration> {
    const where = { accountId };
    const account = toAccountDto(await tx.account.findUniqueOrThrow({ where: { id: accountId }, omit }));
    const environments = await tx.environment.findMany({
      where,
      orderBy: [...byAge],
      include: { environmentNames: named },
    });
    const products = await tx.product.findMany({ where, orderBy: [...byAge], include: { productNames: named } });
    const rules = await tx.deploymentRule.findMany({ where: { accountId, deletedAt: null }, orderBy: [...byAge] });
    const current = { where: { validTo: null }, select: { role: true, approverRoles: true } };
    const users = await tx.user.findMany({ where, orderBy: [...byAge], include: { userRoles: current } });

    const catalog = {
      environments: environments.map(toEnvironment),
      products: products.map(toProduct),
    };
    const [product, environment] = [namer(catalog.products), namer(catalog.environments)];
    return {
      account: Object.fromEntries(accountFields.map((field) => [field, (account as unknown as Fields)[field]])),
      ...catalog,
      rules: rules.map((rule) => {
        return { id: rule.id, fields: withNames(toRuleDefinitionDto(rule) as unknown as Fields, product, environment) };
      }),
      people: users.filter(({ kind, email }) => kind === 'person' && email !== null).map(toPerson),
      service_accounts: users.filter(({ kind }) => kind === 'service').map(toServiceAccount),
    };
  }
}

interface NameRow {
  readonly nameKey: string;
  readonly name: string;
}

const otherNames = (name: string, rows: readonly NameRow[]) => {
  return aliasesOf({ name, names: rows.map(({ nameKey: key, name: own }) => ({ key, name: own })) });
};

function toEnvironment(
  row: Prisma.EnvironmentGetPayload<{ include: { environmentNames: { select: { nameKey: true; name: true } } } }>,
): Thing {
  return {
    id: row.id,
    fields: {
      name: row.name,
      aliases: otherNames(row.name, row.environmentNames),
      type: row.type,
      position: row.position,
      stale_after_minutes: row.staleAfterMinutes,
      pending_stale_after_hours: row.pendingStaleAfterHours,
      description: row.description,
      metadata: row.metadata,
      archived: row.archivedAt !== null,
    },
  };
}

function toProduct(
  row: Prisma.ProductGetPayload<{ include: { productNames: { select: { nameKey: true; name: true } } } }>,
): Thing {
  return {
    id: row.id,
    fields: {
      name: row.name,
      aliases: otherNames(row.name, row.productNames),
      description: row.description,
      type: row.type,
      metadata: row.metadata,
      archived: row.archivedAt !== null,
    },
  };
}

type UserRow = Prisma.UserGetPayload<{ include: { userRoles: { select: { role: true; approverRoles: true } } } }>;

function toPerson(row: UserRow): Thing {
  const { email, userRoles } = row;
  return { id: row.id, fields: { email, ...sharedBy(row), approver_roles: userRoles[0]?.approverRoles ?? [] } };
}

function toServiceAccount(row: UserRow): Thing {
  return { id: row.id, fields: sharedBy(row) };
}

function sharedBy({ name, logins, deactivatedAt, userRoles }: UserRow): Fields {
  return { name, role: userRoles[0]?.role ?? null, logins, deactivated: deactivatedAt !== null };
}
