import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Database, type DatabaseOptions } from './database.js';
import { PrismaService } from './prisma.service.js';

/** The one connection pool, for every repository. */
@Global()
@Module({})
export class DatabaseModule {
  static on(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [{ provide: Database, useFactory: () => new Database(options) }, PrismaService],
      exports: [Database, PrismaService],
    };
  }
}
