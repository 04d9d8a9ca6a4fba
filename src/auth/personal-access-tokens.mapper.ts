import { toWireTime } from '../common/wire-time.js';
import type { CreatedPersonalAccessTokenDto, PersonalAccessTokenDto } from './personal-access-tokens.dto.js';
import type { ShownToken } from './personal-access-tokens.repository.js';

export function toPersonalAccessTokenDto(token: ShownToken): PersonalAccessTokenDto {
  return {
    id: token.id,
    kind: token.issuer === null ? 'token' : 'single_sign_on',
    name: token.name,
    prefix: token.prefix,
    user_id: token.userId,
    issuer: token.issuer,
    expires_at: token.expiresAt && toWireTime(token.expiresAt),
    created_at: toWireTime(token.createdAt),
    last_used_at: token.lastUsedAt && toWireTime(token.lastUsedAt),
    created_by: token.createdBy,
    revoked_at: token.revokedAt && toWireTime(token.revokedAt),
  };
}

/** @param secret the token itself, which is known only now */
export function toCreatedPersonalAccessTokenDto(token: ShownToken, secret: string): CreatedPersonalAccessTokenDto {
  const { id, name, prefix, user_id, expires_at, created_at } = toPersonalAccessTokenDto(token);
  return { id, name, token: secret, prefix, user_id, expires_at, created_at };
}
