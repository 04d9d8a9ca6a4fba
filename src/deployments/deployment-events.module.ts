import { Module } from '@nestjs/common';
import { PreflightModule } from '../preflight/preflight.module.js';
import { AttemptFacts } from './attempt-facts.js';
import { DeploymentEventsController } from './deployment-events.controller.js';
import { DeploymentEventsRepository } from './deployment-events.repository.js';
import { DeploymentEventsService } from './deployment-events.service.js';
import { DryRunService } from './dry-run.service.js';
import { EndDeploymentsController } from './end-deployments.controller.js';
import { EndDeploymentsRepository } from './end-deployments.repository.js';
import { EndDeploymentsService } from './end-deployments.service.js';

/** The event path of deployments, and what ends them from within the service. */
@Module({
  imports: [PreflightModule],
  controllers: [DeploymentEventsController, EndDeploymentsController],
  providers: [
    DeploymentEventsService,
    DeploymentEventsRepository,
    AttemptFacts,
    DryRunService,
    EndDeploymentsService,
    EndDeploymentsRepository,
  ],
  exports: [DryRunService, EndDeploymentsService],
})
export class DeploymentEventsModule {}
