import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { RetentionRepository } from './retention.repository.js';
import { RetentionService } from './retention.service.js';

/** Removes what accounts no longer want to keep. */
@Module({ imports: [AuditModule], providers: [RetentionRepository, RetentionService], exports: [RetentionService] })
export class RetentionModule {}
