import { Injectable } from '@nestjs/common';
import { type Caller, roles, type UserKind } from '../auth/permissions.js';
import { nameKey } from '../catalog/name-key.js';
import { readUuid } from '../common/validation/uuid.js';
import { type Approval, Prisma } from '../database/generated/client.js';
import type { PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import type { ApprovalView } from './approval.mapper.js';

/**
 * Decisions with the names they refer to and the version's SHA: the columns of ApprovalView, newest first, in one round
 * trip where relations would be three more. Plan: the index on (account_id, version_id, created_at DESC, id DESC), or the
 * primary key; then primary keys.
 */
const viewsWhere = (condition: Prisma.Sql) => Prisma.sql`
SELECT a.id, a.version_id AS "versionId", a.environment_id AS "environmentId", e.name AS "environmentName", a.decision,
  a.approval_type AS "approvalType", a.comments, a.user_id AS "userId", u.name AS "userName", a.roles,
  a.scm_sha AS "scmSha", v.scm_sha AS "versionSha", a.created_at AS "createdAt", a.withdrawn_at AS "withdrawnAt",
  a.withdrawn_by AS "withdrawnBy"
FROM approvals a
JOIN users u ON u.account_id = a.account_id AND u.id = a.user_id
JOIN versions v ON v.account_id = a.account_id AND v.id = a.version_id
LEFT JOIN environments e ON e.account_id = a.account_id AND e.id = a.environment_id
WHERE ${condition}
ORDER BY a.created_at DESC, a.id DESC`;

/** A version, held as it is. */
export interface HeldVersion {
  readonly id: string;
  readonly version: string;
  readonly scmSha: string | null;
}

/** Which of a person's decisions about a version a new one would replace. */
export type SameMatter = Pick<Approval, 'versionId' | 'userId' | 'environmentId' | 'approvalType'>;

@Injectable()
export class ApprovalsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Of one version, newest first, withdrawn ones too. */
  async list(accountId: string, versionId: string, limit: number, after: PageEnd | null): Promise<ApprovalView[]> {
    const ofVersion = Prisma.sql`a.account_id = ${accountId}::uuid AND a.version_id = ${versionId}::uuid`;
    const older =
      after === null
        ? Prisma.empty
        : Prisma.sql`AND (a.created_at, a.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`;
    return this.prisma.$queryRaw`${viewsWhere(Prisma.sql`${ofVersion} ${older}`)} LIMIT ${limit}::int`;
  }

  async find(accountId: string, versionId: string, id: string): Promise<ApprovalView | null> {
    return this.findIn(this.prisma, accountId, versionId, id);
  }

  async findIn(
    tx: Prisma.TransactionClient,
    accountId: string,
    versionId: string,
    id: string,
  ): Promise<ApprovalView | null> {
    const condition = Prisma.sql`a.account_id = ${accountId}::uuid AND a.version_id = ${versionId}::uuid AND a.id = ${id}::uuid`;
    return (await tx.$queryRaw<ApprovalView[]>(viewsWhere(condition)))[0] ?? null;
  }

  async hasVersion(accountId: string, id: string): Promise<boolean> {
    const where = { accountId_id: { accountId, id } };
    return (await this.prisma.version.findUnique({ where, select: { id: true } })) !== null;
  }

  /**
   * The version, held as it is until the transaction ends: no build event gives it another SHA meanwhile, and decisions
   * about it come one by one.
   */
  async holdVersion(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<HeldVersion | null> {
    await tx.$queryRaw`SELECT FROM versions WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    const where = { accountId_id: { accountId, id } };
    return tx.version.findUnique({ where, select: { id: true, version: true, scmSha: true } });
  }

  /** The id of the environment that has this id, or else is called so, or was; null if there is none. */
  async environmentId(tx: Prisma.TransactionClient, accountId: string, nameOrId: string): Promise<string | null> {
    const id = readUuid(nameOrId);
    const found = id && (await tx.environment.findUnique({ where: { accountId_id: { accountId, id } } }));
    if (found) return found.id;
    const key = { accountId_nameKey: { accountId, nameKey: nameKey(nameOrId) } };
    return (await tx.environmentName.findUnique({ where: key }))?.environmentId ?? null;
  }

  /** What somebody may do at this very moment; nothing, once they are deactivated. */
  async rightsOf(tx: Prisma.TransactionClient, accountId: string, userId: string): Promise<Caller> {
    const { kind, deactivatedAt, userRoles } = await tx.user.findUniqueOrThrow({
      where: { accountId_id: { accountId, id: userId } },
      select: { kind: true, deactivatedAt: true, userRoles: { where: { validTo: null } } },
    });
    const held = deactivatedAt === null ? userRoles[0] : undefined;
    return {
      userKind: kind as UserKind,
      role: roles.find((role) => role === held?.role) ?? null,
      approverRoles: held?.approverRoles ?? [],
      scopes: [],
    };
  }

  /** The decision that stands in a matter, if any; `approvals_standing_key` keeps it to one. */
  async findStanding(
    tx: Prisma.TransactionClient,
    accountId: string,
    { versionId, userId, environmentId, approvalType }: SameMatter,
  ): Promise<ApprovalView | null> {
    const where = { accountId, versionId, userId, environmentId, approvalType, withdrawnAt: null };
    const standing = await tx.approval.findFirst({ where, select: { id: true } });
    return standing && this.findIn(tx, accountId, versionId, standing.id);
  }

  async create(tx: Prisma.TransactionClient, data: Prisma.ApprovalUncheckedCreateInput): Promise<ApprovalView> {
    const { accountId, versionId, id } = await tx.approval.create({ data });
    return (await this.findIn(tx, accountId, versionId, id))!;
  }

  async withdraw(
    tx: Prisma.TransactionClient,
    accountId: string,
    approval: Pick<ApprovalView, 'id' | 'versionId'>,
    by: string,
    at: Date,
  ): Promise<ApprovalView> {
    const { id, versionId } = approval;
    const data = { withdrawnAt: at, withdrawnBy: by };
    await tx.approval.update({ where: { accountId_id: { accountId, id } }, data, select: { id: true } });
    return (await this.findIn(tx, accountId, versionId, id))!;
  }
}
