import { Injectable } from '@nestjs/common';
import type { Account, Prisma } from '../database/generated/client.js';
import { PrismaService } from '../database/prisma.service.js';

/** An account without its revisions, which are the service's own affair. */
export type AccountSettings = Omit<Account, 'policyRevision' | 'rulesRevision' | 'overridesUntil'>;
export type AccountChanges = Partial<
  Pick<
    Account,
    | 'enforceOnCompleted'
    | 'catalog'
    | 'rateLimitPerMinute'
    | 'timeZone'
    | 'retainEventsDays'
    | 'retainChecksDays'
    | 'retainAuditDays'
  >
>;
const omit = { policyRevision: true, rulesRevision: true, overridesUntil: true } as const;

@Injectable()
export class AccountRepository {
  constructor(private readonly prisma: PrismaService) {}

  async find(id: string): Promise<AccountSettings> {
    return this.prisma.account.findUniqueOrThrow({ where: { id }, omit });
  }

  /** As `find`, with the row locked until the transaction ends. */
  async lock(tx: Prisma.TransactionClient, id: string): Promise<AccountSettings> {
    await tx.$queryRaw`SELECT id FROM accounts WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    return tx.account.findUniqueOrThrow({ where: { id }, omit });
  }

  /** Raises the policy revision too: a start that is just being decided under the settings before is decided again. */
  async update(tx: Prisma.TransactionClient, id: string, changes: AccountChanges, at: Date): Promise<AccountSettings> {
    const data = { ...changes, policyRevision: { increment: 1 }, updatedAt: at };
    return tx.account.update({ where: { id }, data, omit });
  }
}
