import { Module } from '@nestjs/common';
import { DeploymentEventsModule } from '../deployments/deployment-events.module.js';
import { PreflightChecksController } from './preflight-checks.controller.js';
import { PreflightChecksRepository } from './preflight-checks.repository.js';
import { PreflightChecksService } from './preflight-checks.service.js';

/** The record of attempts, and the dry run. */
@Module({
  imports: [DeploymentEventsModule],
  controllers: [PreflightChecksController],
  providers: [PreflightChecksService, PreflightChecksRepository],
})
export class PreflightChecksModule {}
