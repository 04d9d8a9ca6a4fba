import { Module } from '@nestjs/common';
import { AuditKeysRepository } from './audit-keys.repository.js';
import { AuditRepository } from './audit.repository.js';
import { AuditRetentionRepository } from './audit-retention.repository.js';
import { AuditSealer } from './audit-sealer.js';
import { AuditSealsRepository } from './audit-seals.repository.js';

/** The record of who changed what, and its chain. */
@Module({
  providers: [AuditRepository, AuditKeysRepository, AuditSealsRepository, AuditSealer, AuditRetentionRepository],
  exports: [AuditRepository, AuditKeysRepository, AuditRetentionRepository, AuditSealer],
})
export class AuditModule {}
