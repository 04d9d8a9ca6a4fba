import { Module } from '@nestjs/common';
import { BuildEventsController } from './build-events.controller.js';
import { BuildEventsRepository } from './build-events.repository.js';
import { BuildEventsService } from './build-events.service.js';
import { BuildsController } from './builds.controller.js';
import { BuildsRepository } from './builds.repository.js';
import { BuildsService } from './builds.service.js';

/** What pipelines build: the events that they report, and the builds and versions that these add up to. */
@Module({
  controllers: [BuildEventsController, BuildsController],
  providers: [BuildEventsService, BuildEventsRepository, BuildsService, BuildsRepository],
  exports: [BuildsService],
})
export class BuildsModule {}
