import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { batchAuditRows, insertBatchAudit, type PlannedAudit } from '../../audit/batch-audit.js';
import { Database } from '../../database/database.js';
import type { Prisma } from '../../database/generated/client.js';
import { isForeignKeyViolation } from '../../database/is-foreign-key-violation.js';
import { PrismaService } from '../../database/prisma.service.js';
import type { CatalogKind } from '../catalog-names.repository.js';
import { nameKey } from '../name-key.js';
import { eraseSteps, releaseStates } from './erase-steps.sql.js';

/** What is erased. */
export interface Erasure {
  readonly kind: CatalogKind;
  readonly accountId: string;
  readonly id: string;
}

/** Rows removed, by table. */
export type ErasedRows = Readonly<Record<string, number>>;

/** The whole of an account's events may have to be looked through once: nobody waits for it but the operator. */
const answerTimeoutMs = 30 * 60_000;
/** An event that was under way may add a row behind a step; then they are gone through again. */
const rounds = 10;

/** Removes what belongs to a product or environment, on a connection of its own. */
@Injectable()
export class EraserRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly database: Database,
  ) {}

  async findAccount(slug: string): Promise<{ id: string } | null> {
    return this.prisma.account.findUnique({ where: { slug }, select: { id: true } });
  }

  /** The one whose erasure was begun under that name: it has no names any more. */
  async findBegun(kind: CatalogKind, accountId: string, name: string): Promise<string | null> {
    const select = { id: true, name: true };
    const nameless =
      kind === 'product'
        ? await this.prisma.product.findMany({ where: { accountId, productNames: { none: {} } }, select })
        : await this.prisma.environment.findMany({ where: { accountId, environmentNames: { none: {} } }, select });
    return nameless.find((one) => nameKey(one.name) === nameKey(name))?.id ?? null;
  }

  async findNamed(kind: CatalogKind, accountId: string, name: string): Promise<string | null> {
    const where = { accountId_nameKey: { accountId, nameKey: nameKey(name) } };
    if (kind === 'product') return (await this.prisma.productName.findUnique({ where }))?.productId ?? null;
    return (await this.prisma.environmentName.findUnique({ where }))?.environmentId ?? null;
  }

  /** How many deployments are not over. */
  async countOpen(tx: Prisma.TransactionClient, { kind, accountId, id }: Erasure): Promise<number> {
    const of = kind === 'product' ? { productId: id } : { environmentId: id };
    return tx.deployment.count({ where: { accountId, ...of, completedAt: null } });
  }

  async dropNames(tx: Prisma.TransactionClient, { kind, accountId, id }: Erasure): Promise<void> {
    if (kind === 'product') await tx.productName.deleteMany({ where: { accountId, productId: id } });
    else await tx.environmentName.deleteMany({ where: { accountId, environmentId: id } });
  }

  /**
   * Removes everything, and the thing itself last, with an audit row that tells how many rows went.
   * @param audit what to record, given the counts
   * @param tell called after every batch
   */
  async erase(
    erasure: Erasure,
    audit: (rows: ErasedRows) => PlannedAudit,
    tell: (rows: ErasedRows) => void,
  ): Promise<ErasedRows> {
    const client = this.database.connectionBeside(answerTimeoutMs);
    await client.connect();
    const rows: Record<string, number> = {};
    try {
      for (let round = 1; ; round++) {
        try {
          await this.eraseRows(client, erasure, rows, tell);
          await this.eraseItself(client, erasure, audit(rows));
          return rows;
        } catch (error) {
          if (!isForeignKeyViolation(error) || round === rounds) throw error;
        }
      }
    } finally {
      await client.end();
    }
  }

  private async eraseRows(
    client: pg.Client,
    { kind, accountId, id }: Erasure,
    rows: Record<string, number>,
    tell: (rows: ErasedRows) => void,
  ): Promise<void> {
    const run = async (table: string, text: string): Promise<boolean> => {
      const { rowCount } = await client.query(text, [accountId, id]);
      if (rowCount === null || rowCount === 0) return false;
      rows[table] = (rows[table] ?? 0) + rowCount;
      tell(rows);
      return true;
    };
    await client.query(releaseStates[kind], [accountId, id]);
    for (const { table, children, text } of eraseSteps[kind]) {
      do {
        for (const child of children) while (await run(child.table, child.text));
      } while (await run(table, text));
    }
  }

  private async eraseItself(client: pg.Client, { kind, accountId, id }: Erasure, audit: PlannedAudit): Promise<void> {
    const [row] = batchAuditRows(0, null, [audit]);
    await client.query(
      `WITH written AS (
         DELETE FROM ${kind}s WHERE account_id = $1::uuid AND id = $2::uuid
         RETURNING 0 AS i, date_trunc('milliseconds', clock_timestamp()) AS now)
       ${insertBatchAudit('$3')}`,
      [accountId, id, JSON.stringify([{ ...row, actor_kind: 'operator' }])],
    );
  }
}
