import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { type Fault, InvalidError } from '../common/errors/invalid.error.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page, type PageQuery } from '../common/http/pagination.js';
import { missing } from '../common/validation/vocabulary.js';
import { databaseTime } from '../database/database-time.js';
import { raisePolicyRevision } from '../database/policy-revision.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import { CredentialCache } from './credential-cache.js';
import type { CreateUserDto, UserDto } from './users.dto.js';
import { toUserDto, type UserChanges, type UserView, withoutDoubles } from './users.mapper.js';
import { UsersRepository } from './users.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** People and service accounts, and what they may do. Every change is audited in its own transaction. */
@Injectable()
export class UsersService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly users: UsersRepository,
    private readonly audit: AuditRepository,
    private readonly credentials: CredentialCache,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string, { limit, cursor }: PageQuery): Promise<Page<UserView>> {
    return cutPage(await this.users.list(accountId, limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<UserView> {
    return existing(await this.users.find(accountId, id));
  }

  /**
   * Makes a person or a service account. A token to call with is made on its own.
   * @throws InvalidError for what a user of this kind does not have, ConflictError for an e-mail that is taken
   */
  async create({ kind, name, role, ...user }: CreateUserDto, actor: Actor): Promise<Answer<UserDto>> {
    const { accountId } = actor;
    const email = user.email ?? null;
    const [approverRoles, logins] = [withoutDoubles(user.approver_roles), withoutDoubles(user.logins)];
    if (kind === 'person' && email === null) throw new InvalidError([{ loc: ['body', 'email'], ...missing }]);
    requireFitting(kind, { email, approverRoles });
    return this.prisma.$transaction(async (tx) => {
      await this.users.lockAll(tx, accountId);
      await this.requireFree(tx, accountId, email);
      const at = await databaseTime(tx, this.clock);
      const key = { accountId, id: uuidv7(), kind };
      const created = await this.users.create(tx, key, { email, name, logins, role, approverRoles }, at);
      await this.record(tx, actor, 'user.created', null, created, at);
      const answer = { statusCode: 201, location: `/users/${created.id}`, body: toUserDto(created) } as const;
      await keepAnswer(tx, actor, answer);
      return answer;
    });
  }

  /**
   * Changes a user: at once here, within a second on other replicas. Roles as they were are kept. Changes nothing, and
   * records nothing, where everything is as it should be already.
   *
   * @throws NotFoundError, PreconditionFailedError, InvalidError for what a user of this kind does not have,
   *   ConflictError for an e-mail that is taken, for one's own role, and for the last admin
   */
  async update(id: string, changes: UserChanges, ifMatch: string | null, actor: Actor): Promise<UserView> {
    const { accountId } = actor;
    const user = await this.prisma.$transaction(async (tx) => {
      await this.users.lockAll(tx, accountId);
      const before = existing(await this.users.findIn(tx, accountId, id));
      requireMatch(ifMatch, toUserDto(before));
      requireFitting(before.kind, changes);
      const at = await databaseTime(tx, this.clock);
      const wanted = changed(before, changes, at);
      if (isEqual(before, wanted)) return before;

      if (id === actor.userId) requireOthersAffairs(before, wanted);
      if (isWorkingAdmin(before) && !isWorkingAdmin(wanted)) await this.requireOtherAdmin(tx, accountId, before);
      if (wanted.email !== before.email) await this.requireFree(tx, accountId, wanted.email, id);

      await this.users.update(tx, accountId, id, { ...wanted, logins: [...wanted.logins] }, at);
      const { role, approverRoles } = wanted;
      if (role !== null && !isEqual(rolesOf(before), rolesOf(wanted))) {
        await this.users.recordRole(tx, accountId, id, { role, approverRoles }, at);
      }
      // Who may approve, and whose work an approval is about, has changed.
      await raisePolicyRevision(tx, accountId);
      const after = existing(await this.users.findIn(tx, accountId, id));
      await this.record(tx, actor, actionOf(before, after), before, after, at);
      return after;
    });
    this.credentials.clear();
    return user;
  }

  private async requireOtherAdmin(tx: Transaction, accountId: string, { id, name }: UserView): Promise<void> {
    if (await this.users.hasOtherAdmin(tx, accountId, id)) return;
    throw new ConflictError(`${name} is the last active admin: make somebody else an admin first`);
  }

  private async requireFree(tx: Transaction, accountId: string, email: string | null, id?: string): Promise<void> {
    const holder = email === null ? null : await this.users.findByEmail(tx, accountId, email);
    if (holder === null || holder.id === id) return;
    throw new ConflictError(
      holder.deactivatedAt === null
        ? `The e-mail ${email} belongs to the user ${holder.id} already`
        : `The e-mail ${email} belongs to the deactivated user ${holder.id}: activate them again instead`,
    );
  }

  private async record(
    tx: Transaction,
    actor: Actor,
    action: string,
    before: UserView | null,
    after: UserView,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      resourceType: 'user',
      resourceId: after.id,
      before: before && toUserDto(before),
      after: toUserDto(after),
      at,
    });
  }
}

function existing(user: UserView | null): UserView {
  if (user === null) throw new NotFoundError();
  return user;
}

/** A program has no mail, and decides nothing in anybody's place. */
function requireFitting(kind: string, { email, approverRoles }: Pick<UserChanges, 'email' | 'approverRoles'>): void {
  if (kind !== 'service') return;
  const faults: Fault[] = [];
  const type = 'value_error.service_account';
  if (email != null) faults.push({ loc: ['body', 'email'], msg: 'a service account has no e-mail', type });
  if (approverRoles !== undefined && approverRoles.length > 0) {
    faults.push({ loc: ['body', 'approver_roles'], msg: 'a service account may not approve', type });
  }
  if (faults.length > 0) throw new InvalidError(faults);
}

function changed(before: UserView, { deactivated, ...given }: UserChanges, at: Date): UserView {
  const deactivatedAt = deactivated === true ? (before.deactivatedAt ?? at) : null;
  return { ...before, ...given, ...(deactivated === undefined ? {} : { deactivatedAt }) };
}

const rolesOf = ({ role, approverRoles }: UserView) => ({ role, approverRoles });

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isWorkingAdmin({ kind, role, deactivatedAt }: UserView): boolean {
  return kind === 'person' && role === 'admin' && deactivatedAt === null;
}

function requireOthersAffairs(before: UserView, wanted: UserView): void {
  const fault = isEqual(rolesOf(before), rolesOf(wanted)) ? null : 'changes their own role or approver roles';
  const deactivates = wanted.deactivatedAt === null ? null : 'deactivates themselves';
  if (fault === null && deactivates === null) return;
  throw new ConflictError(`Nobody ${fault ?? deactivates}: ask another admin`);
}

function actionOf(before: UserView, after: UserView): string {
  if ((before.deactivatedAt === null) === (after.deactivatedAt === null)) return 'user.updated';
  return after.deactivatedAt === null ? 'user.activated' : 'user.deactivated';
}
