import { Module } from '@nestjs/common';
import { AuditRepository } from './audit.repository.js';

/** The record of who changed what. */
@Module({ providers: [AuditRepository], exports: [AuditRepository] })
export class AuditModule {}
