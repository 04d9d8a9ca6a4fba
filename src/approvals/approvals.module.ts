import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { ApprovalsController } from './approvals.controller.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { ApprovalsService } from './approvals.service.js';
import { PendingApprovalsController } from './pending-approvals.controller.js';
import { PendingApprovalsRepository } from './pending-approvals.repository.js';
import { PendingApprovalsService } from './pending-approvals.service.js';

/** What people decide about versions, and what waits for them. */
@Module({
  imports: [AuditModule, AuthModule],
  controllers: [ApprovalsController, PendingApprovalsController],
  providers: [ApprovalsService, ApprovalsRepository, PendingApprovalsService, PendingApprovalsRepository],
  exports: [ApprovalsService],
})
export class ApprovalsModule {}
