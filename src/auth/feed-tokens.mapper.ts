import { toWireTime } from '../common/wire-time.js';
import type { CreatedFeedTokenDto, FeedTokenDto } from './feed-tokens.dto.js';
import type { ShownFeedToken } from './feed-tokens.repository.js';

export function toFeedTokenDto(token: ShownFeedToken): FeedTokenDto {
  return {
    id: token.id,
    kind: token.kind,
    prefix: token.prefix,
    product_id: token.productId,
    product_name: token.product?.name ?? null,
    environment_id: token.environmentId,
    environment_name: token.environment?.name ?? null,
    created_by: token.createdBy,
    created_at: toWireTime(token.createdAt),
    revoked_at: token.revokedAt && toWireTime(token.revokedAt),
  };
}

/** @param secret the token itself, which is known only now */
export function toCreatedFeedTokenDto(token: ShownFeedToken, secret: string): CreatedFeedTokenDto {
  return Object.assign(toFeedTokenDto(token), { token: secret });
}
