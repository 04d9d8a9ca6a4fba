import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../auth/actor.js';
import { mayApprove } from '../auth/permissions.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { ForbiddenError, NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page, type PageQuery } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { raisePolicyRevision } from '../database/policy-revision.js';
import { PrismaService } from '../database/prisma.service.js';
import { isAboutThis } from '../preflight/to-preflight-facts.js';
import type { ApprovalDto, CreateApprovalDto } from './approval.dto.js';
import { type ApprovalView, toApprovalDto } from './approval.mapper.js';
import { ApprovalsRepository, type HeldVersion, type SameMatter } from './approvals.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** Of a version, as many as its page shows. */
const newest = 200;

/** What people decide about versions. Each decision holds from the moment of its answer, for starts on every replica. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly approvals: ApprovalsRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError for an unknown version */
  async list(accountId: string, versionId: string, { limit, cursor }: PageQuery): Promise<Page<ApprovalView>> {
    if (!(await this.approvals.hasVersion(accountId, versionId))) throw new NotFoundError();
    return cutPage(await this.approvals.list(accountId, versionId, limit + 1, cursor ?? null), limit);
  }

  /** The newest 200 of a version, withdrawn ones too. */
  async newestOf(accountId: string, versionId: string): Promise<ApprovalView[]> {
    return this.approvals.list(accountId, versionId, newest, null);
  }

  /** @throws NotFoundError */
  async get(accountId: string, versionId: string, id: string): Promise<ApprovalView> {
    return existing(await this.approvals.find(accountId, versionId, id));
  }

  /**
   * Records what somebody decides about a version as it is at this moment, under the roles that they hold at this
   * moment. It takes the place of their former decision in the same matter.
   *
   * @throws ForbiddenError for whoever may not decide this, InvalidError for an unknown environment, NotFoundError for
   *   an unknown version, ConflictError where the version is no longer of the SHA that they have seen
   */
  async create(
    versionId: string,
    { decision, environment, approval_type, comments, scm_sha }: CreateApprovalDto,
    actor: Actor,
  ): Promise<Answer<ApprovalDto>> {
    const { accountId, userId } = actor;
    const approvalType = approval_type ?? null;
    if (userId === null || !mayApprove(actor, approvalType)) throw new ForbiddenError();
    return this.prisma.$transaction(async (tx) => {
      const environmentId = environment == null ? null : await this.environmentId(tx, accountId, environment);
      const version = await this.approvals.holdVersion(tx, accountId, versionId);
      if (version === null) throw new NotFoundError();
      if (scm_sha !== undefined) requireSeen(version, scm_sha);

      // Roles change under the same lock, so those that are read now are those of this moment.
      await raisePolicyRevision(tx, accountId);
      const rights = await this.approvals.rightsOf(tx, accountId, userId);
      if (rights.role === null || !mayApprove(rights, approvalType)) throw new ForbiddenError();
      const at = await databaseTime(tx, this.clock);
      const matter: SameMatter = { versionId, userId, environmentId, approvalType };
      const former = await this.approvals.findStanding(tx, accountId, matter);
      if (former !== null) await this.end(tx, actor, userId, former, at);
      const approval = await this.approvals.create(tx, {
        accountId,
        id: uuidv7(),
        ...matter,
        decision,
        comments: comments ?? null,
        roles: [...new Set([rights.role, ...rights.approverRoles])],
        scmSha: version.scmSha,
        createdAt: at,
      });
      await this.record(tx, actor, `approval.${decision}`, null, approval, at);
      const location = `/versions/${versionId}/approvals/${approval.id}`;
      const answer = { statusCode: 201, location, body: toApprovalDto(approval) } as const;
      await keepAnswer(tx, actor, answer);
      return answer;
    });
  }

  /**
   * Withdraws a decision: one's own, or as an admin a rejection of somebody else. One that was withdrawn before stays so.
   * @throws NotFoundError, ForbiddenError, PreconditionFailedError
   */
  async withdraw(versionId: string, id: string, ifMatch: string | null, actor: Actor): Promise<void> {
    const { accountId, userId, userKind } = actor;
    if (userId === null || userKind !== 'person') throw new ForbiddenError();
    await this.prisma.$transaction(async (tx) => {
      // In the order in which a decision takes its locks.
      await this.approvals.holdVersion(tx, accountId, versionId);
      const before = existing(await this.approvals.findIn(tx, accountId, versionId, id));
      if (!mayWithdraw(actor, before)) throw new ForbiddenError();
      requireMatch(ifMatch, toApprovalDto(before));
      if (before.withdrawnAt !== null) return;
      await raisePolicyRevision(tx, accountId);
      await this.end(tx, actor, userId, before, await databaseTime(tx, this.clock));
    });
  }

  private async environmentId(tx: Transaction, accountId: string, nameOrId: string): Promise<string> {
    const id = await this.approvals.environmentId(tx, accountId, nameOrId);
    if (id !== null) return id;
    throw new InvalidError([{ loc: ['body', 'environment'], msg: 'unknown environment', type: 'value_error.unknown' }]);
  }

  private async end(tx: Transaction, actor: Actor, by: string, before: ApprovalView, at: Date): Promise<void> {
    const after = await this.approvals.withdraw(tx, actor.accountId, before, by, at);
    await this.record(tx, actor, 'approval.withdrawn', before, after, at);
  }

  private async record(
    tx: Transaction,
    actor: Actor,
    action: string,
    before: ApprovalView | null,
    after: ApprovalView,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      resourceType: 'approval',
      resourceId: after.id,
      before: before && toApprovalDto(before),
      after: toApprovalDto(after),
      at,
    });
  }
}

function existing(approval: ApprovalView | null): ApprovalView {
  if (approval === null) throw new NotFoundError();
  return approval;
}

/** Nobody approves something else than what they have looked at. */
function requireSeen({ version, scmSha }: HeldVersion, seen: string | null): void {
  if (isAboutThis(seen, scmSha)) return;
  const has = scmSha === null ? 'no SHA yet' : `the SHA ${scmSha}${seen === null ? ' by now' : `, not ${seen}`}`;
  throw new ConflictError(`Version ${version} has ${has}: look at it again before you decide`);
}

function mayWithdraw({ userId, role }: Actor, { userId: by, decision }: ApprovalView): boolean {
  return by === userId || (role === 'admin' && decision === 'rejected');
}
