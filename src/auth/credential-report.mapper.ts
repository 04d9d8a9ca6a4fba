import { toWireTime } from '../common/wire-time.js';
import type { StaleCredentialDto } from './credential-report.dto.js';

/** What the report looks at. A person's sign-ins count as their use, and feed tokens are not noted when used. */
export const staleKinds = ['api_key', 'personal_access_token', 'user'] as const;
export type StaleKind = (typeof staleKinds)[number];

/** Why something is in the report. */
export const staleReasons = ['never_used', 'unused', 'expiring', 'creator_deactivated'] as const;
export type StaleReason = (typeof staleReasons)[number];

/** A key, token or user that somebody should look at. */
export interface StaleCredential {
  readonly kind: StaleKind;
  readonly id: string;
  readonly name: string;
  readonly prefix: string | null;
  readonly userId: string | null;
  readonly reasons: readonly StaleReason[];
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly createdBy: string | null;
  readonly createdAt: Date;
}

export function toStaleCredentialDto(found: StaleCredential): StaleCredentialDto {
  return {
    kind: found.kind,
    id: found.id,
    name: found.name,
    prefix: found.prefix,
    user_id: found.userId,
    reasons: [...found.reasons],
    last_used_at: found.lastUsedAt && toWireTime(found.lastUsedAt),
    expires_at: found.expiresAt && toWireTime(found.expiresAt),
    created_by: found.createdBy,
    created_at: toWireTime(found.createdAt),
  };
}
