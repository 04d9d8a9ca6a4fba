import { AuditKeysRepository } from '../../src/audit/audit-keys.repository.js';
import { AuditRetentionRepository } from '../../src/audit/audit-retention.repository.js';
import { AuditSealer } from '../../src/audit/audit-sealer.js';
import { AuditSealsRepository } from '../../src/audit/audit-seals.repository.js';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { BackgroundJobs } from '../../src/common/background-jobs.js';
import { Siblings } from '../../src/workers/siblings.js';
import { Clock } from '../../src/common/clock.js';
import { readEnv, readEnvironment } from '../../src/config/env.js';
import { Database } from '../../src/database/database.js';
import { PrismaService } from '../../src/database/prisma.service.js';
import { RetentionRepository } from '../../src/retention/retention.repository.js';
import { RetentionService } from '../../src/retention/retention.service.js';
import type { TestBed } from './use-versioner.js';

/** Stands still where it is told to. */
class TestClock extends Clock {
  at: Date | null = null;

  override frozen(): Date | null {
    return this.at;
  }
}

/** The retention of one replica, which runs when it is told to. */
export class Retaining {
  private constructor(
    readonly service: RetentionService,
    readonly sealer: AuditSealer,
    private readonly ranges: AuditRetentionRepository,
    private readonly clock: TestClock,
    private readonly prisma: PrismaService,
    private readonly database: Database,
    private readonly bed: TestBed,
  ) {}

  static on(bed: TestBed): Retaining {
    const clock = new TestClock();
    const prepared = readEnv(readEnvironment()).databasePrepared;
    const database = new Database({ url: bed.versioner.databaseUrl, poolSize: 2, prepared });
    const prisma = new PrismaService(database);
    const [audit, jobs] = [new AuditRepository(), new BackgroundJobs(new Siblings())];
    const [seals, keys] = [new AuditSealsRepository(database, clock), new AuditKeysRepository(readEnv({}))];
    const ranges = new AuditRetentionRepository(seals, keys, audit, clock);
    const retention = new RetentionService(prisma, new RetentionRepository(prisma), audit, ranges, clock, jobs);
    return new Retaining(
      retention,
      new AuditSealer(prisma, seals, keys, jobs, clock),
      ranges,
      clock,
      prisma,
      database,
      bed,
    );
  }

  /** What the job does, at that instant; time stands still at it for the service too. */
  async runAt(instant: string | Date): Promise<void> {
    this.bed.clock.set(instant);
    this.clock.at = new Date(instant);
    await this.service.applyDue();
  }

  /** Those that are sealed by now, whatever their age: a stub stays. */
  async removeSealedEntries(): Promise<void> {
    const { id } = await this.prisma.account.findFirstOrThrow();
    await this.prisma.$transaction((tx) => this.ranges.removeSealedRange(tx, id, new Date('2100-01-01'), 10_000));
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
    await this.database.close();
  }
}
