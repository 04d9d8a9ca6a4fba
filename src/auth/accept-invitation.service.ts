import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { UnauthenticatedError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import type { Invited } from './invitation.guard.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import type { CreatedPersonalAccessTokenDto } from './personal-access-tokens.dto.js';
import { PersonalAccessTokensService } from './personal-access-tokens.service.js';
import type { UserView } from './users.mapper.js';
import { UsersRepository } from './users.repository.js';

/** Turns an invitation into a person's token. */
@Injectable()
export class AcceptInvitationService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly repository: InvitationsRepository,
    private readonly invitations: InvitationsService,
    private readonly tokens: PersonalAccessTokensService,
    private readonly users: UsersRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the token and uses the invitation up, both or neither: of two that accept one invitation at once, one does.
   * @throws UnauthenticatedError where it has been used, revoked or has expired since it was looked up
   */
  async accept(name: string, invited: Invited): Promise<Answer<CreatedPersonalAccessTokenDto>> {
    const { accountId, userId, id } = invited.invitation;
    return this.prisma.$transaction(async (tx) => {
      // In this order, as who invites: the person, then the invitation.
      const user = await this.users.hold(tx, accountId, userId);
      const invitation = await this.repository.lock(tx, accountId, userId, id);
      const at = await databaseTime(tx, this.clock);
      const isGood = invitation?.acceptedAt === null && invitation.revokedAt === null && invitation.expiresAt > at;
      if (user === null || user.deactivatedAt !== null || !isGood) throw new UnauthenticatedError();
      const actor = actorOf(user, invited);
      await this.invitations.markAccepted(tx, invitation, actor, at);
      return this.tokens.createIn(tx, { userId, name, expiresAt: null }, actor, at);
    });
  }
}

/** Who accepts is the person who was invited. */
function actorOf(
  { kind: userKind, role, approverRoles }: UserView,
  { invitation: { accountId, accountSlug, id, userId }, address, requestId }: Invited,
): Actor {
  return {
    accountId,
    accountSlug,
    kind: 'user',
    credentialId: id,
    apiKeyId: null,
    formerKeyId: null,
    narrowing: null,
    personalAccessTokenId: null,
    userId,
    userKind,
    role,
    approverRoles,
    scopes: [],
    address,
    requestId,
    idempotency: null,
  };
}
