import { Injectable } from '@nestjs/common';
import type { Prisma, User } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import { matchUser, type SearchedUser } from './match-user.js';
import { emailKey } from './email-key.js';
import { type Role, roles, type UserKind } from './permissions.js';
import type { NewUser, UserView } from './users.mapper.js';

const include = { userRoles: { where: { validTo: null }, select: { role: true, approverRoles: true } } };

/** Users read at once by a search. */
const searchedAtOnce = 1_000;

/** The filters of the list of users; null where one is absent. */
export interface UserFilter {
  readonly text: string | null;
  readonly roles: readonly Role[] | null;
  readonly kinds: readonly UserKind[] | null;
  readonly active: boolean | null;
}

/** What lies in the user's own row. */
type UserColumns = Pick<User, 'email' | 'name' | 'logins' | 'deactivatedAt'>;
type RoleColumns = { readonly role: string; readonly approverRoles: readonly string[] };

/** People and service accounts. What they may do lies in a table of its own, with from and to. */
@Injectable()
export class UsersRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first. */
  async list(accountId: string, filter: UserFilter, limit: number, after: PageEnd | null): Promise<UserView[]> {
    const found = filter.text === null ? null : await this.search(accountId, filter, filter.text, limit, after);
    const where = found === null ? whereOf(accountId, filter, after) : { accountId, id: { in: found } };
    const users = await this.prisma.user.findMany({ where, orderBy: newestFirstOrder, take: limit, include });
    return users.map(toView);
  }

  /**
   * The ids of those who match a text. Reads the account's users from the start of the page until it is full: there are
   * thousands at most, and what is folded here is found the same on every database.
   */
  private async search(
    accountId: string,
    filter: UserFilter,
    text: string,
    limit: number,
    after: PageEnd | null,
  ): Promise<string[]> {
    const matches = matchUser(text);
    const found: string[] = [];
    for (let end: PageEnd | null | undefined = after; found.length < limit && end !== undefined;) {
      const rows: (PageEnd & SearchedUser)[] = await this.prisma.user.findMany({
        where: whereOf(accountId, filter, end),
        orderBy: newestFirstOrder,
        take: searchedAtOnce,
        select: { id: true, createdAt: true, name: true, email: true, logins: true },
      });
      found.push(...rows.filter(matches).map(({ id }) => id));
      end = rows.length < searchedAtOnce ? undefined : rows.at(-1);
    }
    return found.slice(0, limit);
  }

  async find(accountId: string, id: string): Promise<UserView | null> {
    return this.findIn(this.prisma, accountId, id);
  }

  async findIn(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<UserView | null> {
    const user = await tx.user.findUnique({ where: { accountId_id: { accountId, id } }, include });
    return user && toView(user);
  }

  /**
   * Until the transaction ends nobody else changes the account's users: of two admins who demote each other at once,
   * on whatever replica, the second meets what the first has left.
   */
  async lockAll(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
    await tx.$queryRaw`SELECT FROM accounts WHERE id = ${accountId}::uuid FOR NO KEY UPDATE`;
  }

  /** As `findIn`, with the row held as it is until the transaction ends: nobody deactivates them meanwhile. */
  async hold(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<UserView | null> {
    await tx.$queryRaw`SELECT FROM users WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR SHARE`;
    return this.findIn(tx, accountId, id);
  }

  /** As `findIn`, with the row locked until the transaction ends: who else would change or hold it waits. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<UserView | null> {
    await tx.$queryRaw`SELECT FROM users WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return this.findIn(tx, accountId, id);
  }

  async findByEmail(tx: Prisma.TransactionClient, accountId: string, email: string): Promise<UserView | null> {
    const where = { accountId_emailKey: { accountId, emailKey: emailKey(email) } };
    const user = await tx.user.findUnique({ where, include });
    return user && toView(user);
  }

  /** Whether somebody else is an admin: a person who can still call. */
  async hasOtherAdmin(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<boolean> {
    const isAdmin = { userRoles: { some: { role: 'admin', validTo: null } } };
    const other = { accountId, id: { not: id }, kind: 'person', deactivatedAt: null, ...isAdmin };
    return (await tx.user.findFirst({ where: other, select: { id: true } })) !== null;
  }

  async create(
    tx: Prisma.TransactionClient,
    accountId: string,
    id: string,
    { kind, email, name, logins, role, approverRoles }: NewUser,
    at: Date,
  ): Promise<UserView> {
    const data = { accountId, id, kind, email, emailKey: email && emailKey(email), name, logins: [...logins] };
    await tx.user.create({ data: { ...data, createdAt: at, updatedAt: at }, select: { id: true } });
    await this.recordRole(tx, accountId, id, { role, approverRoles }, at);
    return (await this.findIn(tx, accountId, id))!;
  }

  async update(
    tx: Prisma.TransactionClient,
    accountId: string,
    id: string,
    { email, name, logins, deactivatedAt }: UserColumns,
    at: Date,
  ): Promise<void> {
    const data = { email, emailKey: email && emailKey(email), name, logins, deactivatedAt, updatedAt: at };
    await tx.user.update({ where: { accountId_id: { accountId, id } }, data, select: { id: true } });
  }

  /** Keeps the role and approver roles as they were, until `at`, beside those that hold from then on. */
  async recordRole(
    tx: Prisma.TransactionClient,
    accountId: string,
    userId: string,
    { role, approverRoles }: RoleColumns,
    at: Date,
  ): Promise<void> {
    const now = { role, approverRoles: [...approverRoles] };
    // What never held for a millisecond is no history.
    const open = { accountId, userId, validTo: null };
    const { count } = await tx.userRole.updateMany({ where: { ...open, validFrom: { gte: at } }, data: now });
    if (count > 0) return;
    await tx.userRole.updateMany({ where: open, data: { validTo: at } });
    await tx.userRole.create({ data: { accountId, userId, validFrom: at, ...now } });
  }
}

function whereOf(accountId: string, { roles: held, kinds, active }: UserFilter, after: PageEnd | null) {
  return {
    accountId,
    ...olderThan(after),
    ...(held === null ? {} : { userRoles: { some: { validTo: null, role: { in: [...held] } } } }),
    ...(kinds === null ? {} : { kind: { in: [...kinds] } }),
    ...(active === null ? {} : { deactivatedAt: active ? null : { not: null } }),
  };
}

function toView(row: User & { userRoles: { role: string; approverRoles: string[] }[] }): UserView {
  const { id, kind, email, name, logins, createdAt, updatedAt, deactivatedAt, userRoles } = row;
  const held = userRoles[0];
  return {
    id,
    kind: kind as UserKind,
    email,
    name,
    role: roles.find((role) => role === held?.role) ?? null,
    approverRoles: held?.approverRoles ?? [],
    logins,
    createdAt,
    updatedAt,
    deactivatedAt,
  };
}
