import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type AuditActor, AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page, type PageQuery } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import type { CreatedInvitationDto, CreateInvitationDto } from './invitations.dto.js';
import { toCreatedInvitationDto, toInvitationDto } from './invitations.mapper.js';
import { InvitationsRepository, type ShownInvitation } from './invitations.repository.js';
import { requireFuture } from './require-future.js';
import { newSecret } from './secrets.js';
import type { UserView } from './users.mapper.js';
import { UsersRepository } from './users.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

const dayMs = 24 * 3_600_000;
/** How long an invitation is good unless said otherwise, and at most (milliseconds). */
const usualMs = 7 * dayMs;
const longestMs = 30 * dayMs;

/** One-time secrets with which people make their first token. Every change is audited in its own transaction. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly invitations: InvitationsRepository,
    private readonly users: UsersRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError where there is no such person */
  async list(accountId: string, userId: string, { limit, cursor }: PageQuery): Promise<Page<ShownInvitation>> {
    existing(await this.users.find(accountId, userId));
    return cutPage(await this.invitations.list(accountId, userId, limit + 1, cursor ?? null), limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, userId: string, id: string): Promise<ShownInvitation> {
    return existing(await this.invitations.find(accountId, userId, id));
  }

  /**
   * Invites somebody; the secret is in this answer and nowhere else. An earlier invitation of theirs that they have not
   * used is revoked.
   * @throws NotFoundError, InvalidError for an end that has passed or is too far off, ConflictError for who is
   *   deactivated or a program
   */
  async create(
    userId: string,
    { expires_at }: CreateInvitationDto,
    actor: Actor,
  ): Promise<Answer<CreatedInvitationDto>> {
    return this.prisma.$transaction(async (tx) => {
      // Of two that invite the same person at once, the second revokes what the first has made.
      const user = existing(await this.users.lock(tx, actor.accountId, userId));
      const body = await this.createIn(tx, user, expires_at ?? null, actor);
      const location = `/users/${userId}/invitations/${body.id}`;
      await keepAnswer(tx, actor, { statusCode: 201, location, body: null });
      return { statusCode: 201, location, body };
    });
  }

  /** As `create`, for a person whose row the caller's transaction holds. */
  async createIn(tx: Transaction, user: UserView, expiresAt: Date | null, actor: Actor): Promise<CreatedInvitationDto> {
    const { accountId, accountSlug } = actor;
    const at = await databaseTime(tx, this.clock);
    requireSoon(expiresAt, at);
    requireInvitable(user);
    await this.revokeOpenIn(tx, user.id, actor, at);
    const { secret, prefix, hash } = newSecret('inv', accountSlug);
    const invitation = await this.invitations.create(tx, {
      accountId,
      id: uuidv7(),
      userId: user.id,
      prefix,
      secretHash: new Uint8Array(hash),
      expiresAt: expiresAt ?? new Date(at.getTime() + usualMs),
      createdBy: actor.userId,
      createdAt: at,
    });
    await this.record(tx, actor, 'invitation.created', null, invitation, at);
    return toCreatedInvitationDto(invitation, secret);
  }

  /**
   * Ends an invitation at once. One that was revoked before stays so.
   * @throws NotFoundError, PreconditionFailedError, ConflictError for one that was accepted
   */
  async revoke(userId: string, id: string, ifMatch: string | null, actor: Actor): Promise<void> {
    const { accountId } = actor;
    await this.prisma.$transaction(async (tx) => {
      const before = existing(await this.invitations.lock(tx, accountId, userId, id));
      requireMatch(ifMatch, toInvitationDto(before));
      if (before.revokedAt !== null) return;
      if (before.acceptedAt !== null) {
        throw new ConflictError(
          `The invitation was accepted: revoke the token that came of it, which GET /personal-access-tokens/?user_id=${userId} lists`,
        );
      }
      await this.endIn(tx, before, actor, await databaseTime(tx, this.clock));
    });
  }

  /** Notes in the transaction of the first token that the invitation was used. */
  async markAccepted(tx: Transaction, before: ShownInvitation, actor: Actor, at: Date): Promise<void> {
    const after = await this.invitations.update(tx, before, { acceptedAt: at });
    await this.record(tx, actor, 'invitation.accepted', before, after, at);
  }

  /** Revokes what somebody has not used yet, for a person whose row the caller's transaction holds. */
  async revokeOpenIn(tx: Transaction, userId: string, actor: AuditActor, at: Date): Promise<void> {
    const open = await this.invitations.findOpen(tx, actor.accountId, userId);
    if (open === null) return;
    // Whoever revokes it by itself holds its row alone.
    const held = await this.invitations.lock(tx, actor.accountId, userId, open.id);
    if (held?.revokedAt === null) await this.endIn(tx, held, actor, at);
  }

  private async endIn(tx: Transaction, before: ShownInvitation, actor: AuditActor, at: Date): Promise<void> {
    const after = await this.invitations.update(tx, before, { revokedAt: at });
    await this.record(tx, actor, 'invitation.revoked', before, after, at);
  }

  private async record(
    tx: Transaction,
    actor: AuditActor,
    action: string,
    before: ShownInvitation | null,
    after: ShownInvitation,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      resourceType: 'invitation',
      resourceId: after.id,
      before: before && toInvitationDto(before),
      after: toInvitationDto(after),
      at,
    });
  }
}

/** Refuses an end that has passed, or that is more than 30 days off: what lies in mails is not to work for ever. */
function requireSoon(expiresAt: Date | null, now: Date): void {
  requireFuture(expiresAt, now);
  if (expiresAt === null || expiresAt.getTime() <= now.getTime() + longestMs) return;
  throw new InvalidError([
    { loc: ['body', 'expires_at'], msg: 'date is more than 30 days ahead', type: 'value_error.date.too_late' },
  ]);
}

function requireInvitable({ id, name, kind, deactivatedAt }: UserView): void {
  if (kind === 'service') {
    throw new ConflictError(
      `${name} is a service account and accepts nothing: make a token for it with POST /personal-access-tokens/ and user_id ${id}`,
    );
  }
  if (deactivatedAt !== null) {
    throw new ConflictError(
      `${name} is deactivated and could not use a token: activate them first with PATCH /users/${id} and deactivated false`,
    );
  }
}

function existing<Found>(found: Found | null): Found {
  if (found === null) throw new NotFoundError();
  return found;
}
