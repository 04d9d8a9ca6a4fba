import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { BuildsModule } from '../builds/builds.module.js';
import { CatalogNamesRepository } from './catalog-names.repository.js';
import { EnvironmentsController } from './environments.controller.js';
import { EnvironmentsRepository } from './environments.repository.js';
import { EnvironmentsService } from './environments.service.js';
import { EraserRepository } from './erase/eraser.repository.js';
import { Eraser } from './erase/eraser.service.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
import { VersionsController } from './versions.controller.js';
import { VersionsRepository } from './versions.repository.js';
import { VersionsService } from './versions.service.js';

/** Products, their versions, and the environments in which they run. */
@Module({
  imports: [AuditModule, BuildsModule, ApprovalsModule],
  controllers: [ProductsController, EnvironmentsController, VersionsController],
  providers: [
    Eraser,
    EraserRepository,
    CatalogNamesRepository,
    ProductsService,
    ProductsRepository,
    EnvironmentsService,
    EnvironmentsRepository,
    VersionsService,
    VersionsRepository,
  ],
  exports: [ProductsService, EnvironmentsService],
})
export class CatalogModule {}
