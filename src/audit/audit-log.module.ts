import { Module } from '@nestjs/common';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditModule } from './audit.module.js';
import { AuditVerifyService } from './audit-verify.service.js';

/** Reading the record of who changed what, and proving it. */
@Module({
  imports: [AuditModule],
  controllers: [AuditLogController],
  providers: [AuditChainRepository, AuditExportService, AuditLogRepository, AuditLogService, AuditVerifyService],
  exports: [AuditVerifyService],
})
export class AuditLogModule {}
