import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { DocsService } from './docs.service.js';
import { ManageController } from './manage.controller.js';
import { OpenApiDocument } from './openapi-document.js';

/** What the service says about itself. */
@Module({
  controllers: [DocsController, ManageController],
  providers: [DocsService, OpenApiDocument],
  exports: [OpenApiDocument],
})
export class DocsModule {}
