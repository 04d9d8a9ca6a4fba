import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type AuditActor, AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { type Fault, InvalidError } from '../common/errors/invalid.error.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { missing } from '../common/validation/vocabulary.js';
import { databaseTime } from '../database/database-time.js';
import { raisePolicyRevision } from '../database/policy-revision.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import { CredentialCache } from './credential-cache.js';
import { InvitationsService } from './invitations.service.js';
import type { CreatedUserDto, CreateUserDto } from './users.dto.js';
import {
  type NewUser,
  toCreatedUserDto,
  toNewUser,
  toUserDto,
  toUserFilter,
  type UserChanges,
  type UserView,
} from './users.mapper.js';
import type { UsersQuery } from './users.query.js';
import { UsersRepository } from './users.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** People and service accounts, and what they may do. Every change is audited in its own transaction. */
@Injectable()
export class UsersService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly users: UsersRepository,
    private readonly invitations: InvitationsService,
    private readonly audit: AuditRepository,
    private readonly credentials: CredentialCache,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string, query: UsersQuery): Promise<Page<UserView>> {
    const { limit, cursor } = query;
    return cutPage(await this.users.list(accountId, toUserFilter(query), limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<UserView> {
    return existing(await this.users.find(accountId, id));
  }

  /**
   * Makes a person or a service account. A token to call with is made on its own, or by who accepts the invitation that
   * is made with the person where that is asked for.
   * @throws InvalidError for what a user of this kind does not have, ConflictError for an e-mail that is taken
   */
  async create(user: CreateUserDto, actor: Actor): Promise<Answer<CreatedUserDto>> {
    if (user.invite && user.kind === 'service') throw new InvalidError([notInvitable]);
    return this.prisma.$transaction(async (tx) => {
      const created = await this.createIn(tx, toNewUser(user), actor);
      const location = `/users/${created.id}`;
      const invitation = user.invite ? await this.invitations.createIn(tx, created, null, actor) : null;
      const body = toCreatedUserDto(created, invitation);
      // What shows a secret is not kept.
      await keepAnswer(tx, actor, { statusCode: 201, location, body: invitation === null ? body : null });
      return { statusCode: 201, location, body };
    });
  }

  /** As `create`, in a transaction of the caller's, and without an invitation. */
  async createIn(tx: Transaction, user: NewUser, actor: AuditActor): Promise<UserView> {
    const { accountId } = actor;
    const { kind, email } = user;
    if (kind === 'person' && email === null) throw new InvalidError([{ loc: ['body', 'email'], ...missing }]);
    requireFitting(kind, user);
    await this.users.lockAll(tx, accountId);
    await this.requireFree(tx, accountId, email);
    const at = await databaseTime(tx, this.clock);
    const created = await this.users.create(tx, accountId, uuidv7(), user, at);
    await this.record(tx, actor, 'user.created', null, created, at);
    return created;
  }

  /**
   * Changes a user: at once here, within a second on other replicas. Roles as they were are kept; who is deactivated loses
   * an invitation that they have not used. Changes nothing, and records nothing, where everything is as it should be already.
   *
   * @throws NotFoundError, PreconditionFailedError, InvalidError for what a user of this kind does not have,
   *   ConflictError for an e-mail that is taken, for one's own role, and for the last admin
   */
  async update(id: string, changes: UserChanges, ifMatch: string | null, actor: Actor): Promise<UserView> {
    const user = await this.prisma.$transaction((tx) => this.updateIn(tx, id, changes, actor, ifMatch));
    await this.credentials.forget();
    return user;
  }

  /** As `update`, in a transaction of the caller's: within a second on every replica, this one included. */
  async updateIn(
    tx: Transaction,
    id: string,
    changes: UserChanges,
    actor: AuditActor,
    ifMatch: string | null = null,
  ): Promise<UserView> {
    const { accountId } = actor;
    await this.users.lockAll(tx, accountId);
    const before = existing(await this.users.findIn(tx, accountId, id));
    requireMatch(ifMatch, toUserDto(before));
    requireFitting(before.kind, changes);
    const at = await databaseTime(tx, this.clock);
    const wanted = changed(before, changes, at);
    if (isEqual(before, wanted)) return before;

    if ('userId' in actor && id === actor.userId) requireOthersAffairs(before, wanted);
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
    // Or they would open the door again to whoever holds them, once the person is activated.
    if (before.deactivatedAt === null && after.deactivatedAt !== null) {
      await this.invitations.revokeOpenIn(tx, id, actor, at);
    }
    return after;
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
    actor: AuditActor,
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

const notInvitable: Fault = {
  loc: ['body', 'invite'],
  msg: 'a service account cannot be invited',
  type: 'value_error.service_account',
};

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
