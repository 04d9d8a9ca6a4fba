import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ExportController } from './export.controller.js';
import { ExportService } from './export.service.js';

/** Carries an account from one service to another. */
@Module({ imports: [AuditModule], controllers: [ExportController], providers: [ExportService] })
export class TransferModule {}
