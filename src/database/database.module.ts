import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database, type DatabaseOptions } from './database.js';
import { PrismaService } from './prisma.service.js';
import { ListDatabase } from './read-replica/list-database.js';
import { ReadReplica } from './read-replica/read-replica.js';

export interface DatabasesOptions extends DatabaseOptions {
  /** Of a physical standby that answers lists; null: there is none. */
  readonly replicaUrl: string | null;
}

/** The one connection pool, for every repository, and the read replica for lists. */
@Global()
@Module({})
export class DatabaseModule {
  static on({ replicaUrl, ...options }: DatabasesOptions): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: Database, useFactory: () => new Database(options) },
        PrismaService,
        {
          provide: ListDatabase,
          inject: [Database, Clock],
          useFactory: (database: Database, clock: Clock) => {
            const replica = replicaUrl === null ? null : new ReadReplica({ ...options, url: replicaUrl }, clock);
            return new ListDatabase(database, replica, clock);
          },
        },
      ],
      exports: [Database, ListDatabase, PrismaService],
    };
  }
}
