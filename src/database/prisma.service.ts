import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from './database.js';
import { PrismaClient } from './generated/client.js';
import { SequentialTransactions } from './sequential-transactions.js';

/** Prisma's client on the connection pool of `Database`. Only repositories use it. */
@Injectable()
export class PrismaService extends PrismaClient implements OnModuleDestroy {
  constructor(database: Database) {
    super({ adapter: new SequentialTransactions(database.pool) });
  }

  async onModuleDestroy(): Promise<void> {
    await this.$disconnect();
  }
}
