import { Injectable } from '@nestjs/common';
import { NotFoundError, UnavailableError } from '../common/errors/request.errors.js';
import { pageCut } from '../common/http/page-cut.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import type { AuditEntryView } from './audit-log.mapper.js';
import type { AuditLogQuery } from './audit-log.query.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { firstWindow, laterWindows } from './list-audit-log.sql.js';

/** Reads who changed what. */
@Injectable()
export class AuditLogService {
  constructor(private readonly entries: AuditLogRepository) {}

  /**
   * One page, newest first. What no index finds is looked for piece by piece, however long that takes.
   * @param hungUp ends the search: nobody waits for its answer any more
   */
  async list(accountId: string, query: AuditLogQuery, hungUp: AbortSignal): Promise<Page<AuditEntryView>> {
    const filter = {
      action: query.action ?? null,
      resourceType: query.resource_type ?? null,
      resourceId: query.resource_id ?? null,
      actor: query.actor ?? null,
      userId: query.user_id ?? null,
      apiKeyId: query.api_key_id ?? null,
      requestId: query.request_id ?? null,
    };
    const found: AuditEntryView[] = [];
    let cut: ReturnType<typeof pageCut> | null = pageCut(query);
    let window = firstWindow;
    while (cut !== null && found.length <= query.limit) {
      if (hungUp.aborted) throw new UnavailableError();
      const { entries, lookOn } = await this.entries.look(accountId, filter, cut, window);
      window = laterWindows;
      found.push(...entries);
      cut = lookOn && { ...cut, after: lookOn };
    }
    return cutPage(found, query.limit);
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<AuditEntryView> {
    const entry = await this.entries.find(accountId, id);
    if (entry === null) throw new NotFoundError();
    return entry;
  }
}
