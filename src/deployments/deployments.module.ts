import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { BadgesController } from './badges.controller.js';
import { BadgesRepository } from './badges.repository.js';
import { BadgesService } from './badges.service.js';
import { DeploymentsController } from './deployments.controller.js';
import { DeploymentsRepository } from './deployments.repository.js';
import { DeploymentsService } from './deployments.service.js';
import { EnvironmentStatesController } from './environment-states.controller.js';
import { EnvironmentStatesRepository } from './environment-states.repository.js';
import { EnvironmentStatesService } from './environment-states.service.js';

/** Reading what was deployed and what is deployed where. */
@Module({
  imports: [AuthModule],
  controllers: [DeploymentsController, EnvironmentStatesController, BadgesController],
  providers: [
    DeploymentsService,
    DeploymentsRepository,
    EnvironmentStatesService,
    EnvironmentStatesRepository,
    BadgesService,
    BadgesRepository,
  ],
})
export class DeploymentsModule {}
