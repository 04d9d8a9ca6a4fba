import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { OverridesController } from './overrides.controller.js';
import { OverridesRepository } from './overrides.repository.js';
import { OverridesService } from './overrides.service.js';

/** Permissions to deploy in spite of violations. */
@Module({
  imports: [AuditModule],
  controllers: [OverridesController],
  providers: [OverridesService, OverridesRepository],
})
export class OverridesModule {}
