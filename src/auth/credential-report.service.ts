import { Injectable } from '@nestjs/common';
import { cutPage, type Page } from '../common/http/pagination.js';
import type { StaleCredential } from './credential-report.mapper.js';
import type { StaleCredentialsQuery } from './credential-report.query.js';
import { CredentialReportRepository } from './credential-report.repository.js';

/** Tells an admin which keys, tokens and people of the account somebody should look at. Changes nothing. */
@Injectable()
export class CredentialReportService {
  constructor(private readonly report: CredentialReportRepository) {}

  async list(accountId: string, query: StaleCredentialsQuery): Promise<Page<StaleCredential>> {
    const { limit, cursor, unused_days: unusedDays, expiring_days: expiringDays, kind, reason } = query;
    const filter = { unusedDays, expiringDays, kinds: kind ?? null, reasons: reason ?? null };
    return cutPage(await this.report.list(accountId, filter, limit + 1, cursor ?? null), limit);
  }
}
