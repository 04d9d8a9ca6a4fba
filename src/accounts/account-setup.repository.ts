import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Secret } from '../auth/secrets.js';
import { Database } from '../database/database.js';
import type { Prisma, User } from '../database/generated/client.js';
import { PrismaService } from '../database/prisma.service.js';
import type { AccountSettings } from './account.repository.js';

/** What an operator reads about an account. */
export interface AccountSummary {
  readonly slug: string;
  readonly createdAt: Date;
  readonly users: number;
  readonly activeKeys: number;
}

export interface NewToken {
  readonly user: Pick<User, 'accountId' | 'id'>;
  readonly name: string;
  readonly secret: Secret;
  readonly expiresAt: Date | null;
  readonly at: Date;
}

export interface NewKey {
  readonly accountId: string;
  readonly createdBy: string;
  readonly name: string;
  readonly secret: Secret;
  readonly scopes: readonly string[];
  readonly at: Date;
}

/** Accounts, and what makes a new one usable: its first admin, token and key. */
@Injectable()
export class AccountSetupRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly database: Database,
  ) {}

  /** By hand: this is all that the usual start asks, and loading Prisma's query compiler would be a fifth of its time. */
  async hasAccounts(): Promise<boolean> {
    return (await this.database.query({ name: '', text: 'SELECT FROM accounts LIMIT 1' }, [])).length > 0;
  }

  /** As `hasAccounts`; until the transaction ends nobody else creates an account. */
  async lockAccounts(tx: Prisma.TransactionClient): Promise<boolean> {
    await tx.$executeRaw`LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE`;
    return (await tx.account.findFirst({ select: { id: true } })) !== null;
  }

  async summaries(): Promise<AccountSummary[]> {
    const accounts = await this.prisma.account.findMany({
      orderBy: { slug: 'asc' },
      select: {
        slug: true,
        createdAt: true,
        _count: { select: { users: true, apiKeys: { where: { revokedAt: null } } } },
      },
    });
    return accounts.map(({ slug, createdAt, _count }) => {
      return { slug, createdAt, users: _count.users, activeKeys: _count.apiKeys };
    });
  }

  async findBySlug(tx: Prisma.TransactionClient, slug: string): Promise<AccountSettings | null> {
    return tx.account.findUnique({ where: { slug }, omit: { policyRevision: true } });
  }

  /** The person with that address, or without one the admin who has been there longest; nobody who is deactivated. */
  async findPerson(tx: Prisma.TransactionClient, accountId: string, email: string | null): Promise<User | null> {
    const active = { accountId, deactivatedAt: null };
    const who = email === null ? { userRoles: { some: { role: 'admin', validTo: null } } } : { emailKey: keyOf(email) };
    return tx.user.findFirst({ where: { ...active, ...who }, orderBy: { createdAt: 'asc' } });
  }

  async createAccount(tx: Prisma.TransactionClient, slug: string, at: Date): Promise<AccountSettings> {
    const data = { id: uuidv7(), slug, createdAt: at, updatedAt: at };
    return tx.account.create({ data, omit: { policyRevision: true } });
  }

  async createAdmin(tx: Prisma.TransactionClient, accountId: string, email: string, at: Date): Promise<User> {
    const user = await tx.user.create({
      data: {
        accountId,
        id: uuidv7(),
        kind: 'person',
        email: email.trim(),
        emailKey: keyOf(email),
        name: 'Admin',
        createdAt: at,
        updatedAt: at,
      },
    });
    await tx.userRole.create({ data: { accountId, userId: user.id, validFrom: at, role: 'admin' } });
    return user;
  }

  async createToken(tx: Prisma.TransactionClient, { user, name, secret, expiresAt, at }: NewToken) {
    const { accountId, id: userId } = user;
    return tx.personalAccessToken.create({
      data: { ...stored(secret), accountId, id: uuidv7(), userId, name, expiresAt, createdAt: at },
      omit: { secretHash: true },
    });
  }

  async createKey(tx: Prisma.TransactionClient, { accountId, createdBy, name, secret, scopes, at }: NewKey) {
    return tx.apiKey.create({
      data: { ...stored(secret), accountId, id: uuidv7(), name, scopes: [...scopes], createdBy, createdAt: at },
      omit: { secretHash: true },
    });
  }
}

function stored({ prefix, hash }: Secret) {
  return { prefix, secretHash: new Uint8Array(hash) };
}

function keyOf(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
