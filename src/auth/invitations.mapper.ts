import { toWireTime } from '../common/wire-time.js';
import type { CreatedInvitationDto, InvitationDto } from './invitations.dto.js';
import type { ShownInvitation } from './invitations.repository.js';

export function toInvitationDto(invitation: ShownInvitation): InvitationDto {
  return {
    id: invitation.id,
    user_id: invitation.userId,
    prefix: invitation.prefix,
    expires_at: toWireTime(invitation.expiresAt),
    accepted_at: invitation.acceptedAt && toWireTime(invitation.acceptedAt),
    revoked_at: invitation.revokedAt && toWireTime(invitation.revokedAt),
    created_by: invitation.createdBy,
    created_at: toWireTime(invitation.createdAt),
  };
}

/** @param secret the invitation itself, which is known only now */
export function toCreatedInvitationDto(invitation: ShownInvitation, secret: string): CreatedInvitationDto {
  const { id, user_id, prefix, expires_at, created_at } = toInvitationDto(invitation);
  return { id, user_id, token: secret, prefix, expires_at, created_at };
}
