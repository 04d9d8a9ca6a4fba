import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../database/database.js';
import type { Prisma } from '../database/generated/client.js';
import type { Approvers } from './rule-warnings.js';

/**
 * The people who can call, by what they may do. Plan: the account's users by their primary key, each one's present role
 * by its unique index; it is asked for rules about approvals alone.
 */
const countPeople: Statement = {
  name: 'count_people_by_role',
  readOnly: true,
  text: `
  SELECT r.role, r.approver_roles AS "approverRoles", count(*)::int AS count
  FROM users u JOIN user_roles r ON r.account_id = u.account_id AND r.user_id = u.id AND r.valid_to IS NULL
  WHERE u.account_id = $1::uuid AND u.kind = 'person' AND u.deactivated_at IS NULL
  GROUP BY r.role, r.approver_roles`,
};

/** What warnings about rules depend on. */
@Injectable()
export class RuleWarningsRepository {
  constructor(private readonly database: Database) {}

  /** @param tx in which they are as they will be */
  async people(accountId: string, tx?: Prisma.TransactionClient): Promise<Approvers[]> {
    if (tx !== undefined) return tx.$queryRawUnsafe<Approvers[]>(countPeople.text, accountId);
    return this.database.query<Approvers>(countPeople, [accountId]);
  }
}
