import { toWireTime } from '../common/wire-time.js';
import type { OverrideDto } from './overrides.dto.js';
import type { Override } from './overrides.repository.js';

/** What can become of an override. */
export const overrideStates = ['open', 'used', 'expired', 'revoked'] as const;
export type OverrideState = (typeof overrideStates)[number];

/** What has become of an override by a moment: the instant at which it expires is over. */
export function stateOf({ usedAt, revokedAt, expiresAt }: Override, now: Date): OverrideState {
  if (usedAt !== null) return 'used';
  if (revokedAt !== null) return 'revoked';
  return expiresAt > now ? 'open' : 'expired';
}

export function toOverrideDto(override: Override, now: Date): OverrideDto {
  return {
    id: override.id,
    product_id: override.productId,
    product_name: override.product.name,
    environment_id: override.environmentId,
    environment_name: override.environment.name,
    version: override.version,
    reason: override.reason,
    include_concurrency: override.includeConcurrency,
    state: stateOf(override, now),
    expires_at: toWireTime(override.expiresAt),
    created_at: toWireTime(override.createdAt),
    created_by: override.createdBy,
    created_by_name: override.creator.name,
    used_at: override.usedAt && toWireTime(override.usedAt),
    preflight_check_id: override.preflightCheckId,
    deployment_id: override.preflightCheck?.deploymentId ?? null,
    revoked_at: override.revokedAt && toWireTime(override.revokedAt),
    revoked_by: override.revokedBy,
  };
}
