import { toWireTime } from '../common/wire-time.js';
import type { AuditEntryDto } from './audit-log.dto.js';

/** An entry with its link, and the names of whoever made it. */
export interface AuditEntryView {
  readonly id: string;
  /** When it was made: what a list is ordered by. */
  readonly createdAt: Date;
  readonly seq: number | null;
  readonly hash: string | null;
  readonly actorKind: string;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly apiKeyId: string | null;
  readonly apiKeyName: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

export function toAuditEntryDto(view: AuditEntryView): AuditEntryDto {
  return {
    id: view.id,
    seq: view.seq,
    at: toWireTime(view.createdAt),
    actor: {
      kind: view.actorKind,
      user_id: view.userId,
      user_name: view.userName,
      api_key_id: view.apiKeyId,
      api_key_name: view.apiKeyName,
    },
    address: view.address,
    request_id: view.requestId,
    action: view.action,
    resource_type: view.resourceType,
    resource_id: view.resourceId,
    before: view.before,
    after: view.after,
    hash: view.hash,
  };
}
