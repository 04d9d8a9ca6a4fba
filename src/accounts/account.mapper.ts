import { toWireTime } from '../common/wire-time.js';
import type { AccountDto } from './account.dto.js';
import type { AccountSettings } from './account.repository.js';

export function toAccountDto(account: AccountSettings): AccountDto {
  return {
    id: account.id,
    slug: account.slug,
    enforce_on_completed: account.enforceOnCompleted,
    catalog: account.catalog,
    rate_limit_per_minute: account.rateLimitPerMinute,
    time_zone: account.timeZone,
    retain_events_days: account.retainEventsDays,
    retain_checks_days: account.retainChecksDays,
    retain_audit_days: account.retainAuditDays,
    events_removed_before: account.eventsRemovedBefore && toWireTime(account.eventsRemovedBefore),
    checks_removed_before: account.checksRemovedBefore && toWireTime(account.checksRemovedBefore),
    created_at: toWireTime(account.createdAt),
    updated_at: toWireTime(account.updatedAt),
  };
}
