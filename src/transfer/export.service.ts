import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../auth/actor.js';
import { Clock } from '../common/clock.js';
import { UnavailableError } from '../common/errors/request.errors.js';
import { version as release } from '../common/version.js';
import { toWireTime } from '../common/wire-time.js';
import { Database } from '../database/database.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { type ExportFooter, exportFormat, type ExportHeader, exportVersion } from './export-format.js';
import { ExportRows } from './export-rows.js';
import { exportedTables } from './exported-tables.js';

/** Each holds a connection, and a snapshot that keeps the database from tidying up; one for each account. */
const mostAtOnce = 4;
const tryAgainSeconds = 5;
const connectTimeoutMs = 5_000;
/** How long a client may take to read what it was sent, before the export is given up (milliseconds). */
const stallMs = 30_000;

/** Writes out everything that an account owns. */
@Injectable()
export class ExportService {
  private readonly underWay = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaService,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The export of the caller's account as it is now, whatever arrives meanwhile. It reads on as its reader does, and holds
   * little; a reader that stops for half a minute is given up.
   * @throws UnavailableError where one of this account is under way in this process, or four of others
   */
  async open(actor: Actor): Promise<Readable> {
    const { accountId } = actor;
    if (this.underWay.has(accountId) || this.underWay.size >= mostAtOnce) {
      throw new UnavailableError('Other exports are running. Try again in a while.', tryAgainSeconds);
    }
    this.underWay.add(accountId);
    try {
      await this.record(actor);
      const rows = await ExportRows.open(
        this.database.connectionBeside(connectTimeoutMs, 'versioner export', 0),
        accountId,
      );
      const stream = givenUpWhenStalled(linesOf(rows, accountId));
      // Also where the client has gone before the first line is asked for.
      stream.once('close', () => {
        this.underWay.delete(accountId);
        void rows.close();
      });
      return stream;
    } catch (error) {
      this.underWay.delete(accountId);
      throw error;
    }
  }

  /** Before the snapshot, so that it is in what is exported, too. */
  private async record(actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await this.audit.record(tx, actor, {
        action: 'account.exported',
        resourceType: 'account',
        resourceId: actor.accountId,
        before: null,
        after: { format: exportFormat, version: exportVersion },
        at: await databaseTime(tx, this.clock),
      });
    });
  }
}

async function* linesOf(rows: ExportRows, accountId: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const hashed = (bytes: Buffer) => {
    hash.update(bytes);
    return bytes;
  };
  const header: ExportHeader = {
    format: exportFormat,
    version: exportVersion,
    account: { id: accountId, slug: await rows.slug() },
    exported_at: toWireTime(rows.at),
    release,
    tables: exportedTables.map(({ name }) => ({ name, columns: rows.columns.get(name)!.columns })),
  };
  yield hashed(Buffer.from(`${JSON.stringify(header)}\n`));

  const counts = Object.fromEntries(exportedTables.map(({ name }) => [name, 0]));
  for await (const { table, bytes, lines } of rows.read()) {
    counts[table]! += lines;
    yield hashed(bytes);
  }
  const footer: ExportFooter = { end: exportFormat, rows: counts, sha256: hash.digest('hex') };
  yield Buffer.from(`${JSON.stringify(footer)}\n`);
}

/** Reads ahead by one piece. */
function givenUpWhenStalled(pieces: AsyncGenerator<Buffer>): Readable {
  const waiting = async function* () {
    for await (const piece of pieces) {
      const timer = setTimeout(() => stream.destroy(new Error('The client has stopped reading the export')), stallMs);
      timer.unref();
      try {
        yield piece;
      } finally {
        clearTimeout(timer);
      }
    }
  };
  const stream: Readable = Readable.from(waiting(), { highWaterMark: 1 });
  return stream;
}
