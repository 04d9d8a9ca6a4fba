import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../../audit/audit.repository.js';
import { Clock } from '../../common/clock.js';
import { StartError } from '../../common/errors/start.error.js';
import { databaseTime } from '../../database/database-time.js';
import { raiseRulesRevision } from '../../database/policy-revision.js';
import { PrismaService } from '../../database/prisma.service.js';
import { type CatalogKind, CatalogNamesRepository } from '../catalog-names.repository.js';
import { toEnvironmentDto } from '../environment.mapper.js';
import { EnvironmentsRepository } from '../environments.repository.js';
import { toProductDto } from '../product.mapper.js';
import { ProductsRepository } from '../products.repository.js';
import { type ErasedRows, EraserRepository, type Erasure } from './eraser.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** What an operator wants to be gone. */
export interface EraseRequest {
  readonly kind: CatalogKind;
  /** Slug. */
  readonly account: string;
  readonly name: string;
  /** Once more, so that nobody erases by a slip of the hand. */
  readonly confirm: string | null;
}

/**
 * Erases a product or an environment for good: everything that was ever recorded of it, but the audit log. Its names go
 * first, so that no event finds it any more; from then on it may be interrupted at any time, and is taken up again by
 * the same request.
 */
@Injectable()
export class Eraser {
  constructor(
    private readonly prisma: PrismaService,
    private readonly eraser: EraserRepository,
    private readonly names: CatalogNamesRepository,
    private readonly products: ProductsRepository,
    private readonly environments: EnvironmentsRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param tell called with what is removed so far, after every batch
   * @returns the rows that were removed, by table
   * @throws StartError where there is no such thing, it is not archived, or deployments of it are in progress
   */
  async erase(request: EraseRequest, tell: (rows: ErasedRows) => void): Promise<ErasedRows> {
    const { kind, account: slug, name, confirm } = request;
    const account = await this.eraser.findAccount(slug);
    if (account === null)
      throw new StartError(`There is no account "${slug}"; "npm run admin -- account list" lists them.`);
    const begun = await this.eraser.findBegun(kind, account.id, name);
    const id = begun ?? (await this.eraser.findNamed(kind, account.id, name));
    if (id === null) throw new StartError(`There is no ${kind} "${name}" in the account "${slug}".`);
    const erasure = { kind, accountId: account.id, id };
    const found = (await this.show(erasure))!;
    if (confirm !== found.name) {
      throw new StartError(`Erasing cannot be undone. To go on, add --confirm ${JSON.stringify(found.name)}.`);
    }
    if (begun === null) await this.begin(erasure);
    const before = { name: found.name };
    return this.eraser.erase(
      erasure,
      (rows) => ({
        id: uuidv7(),
        action: `${kind}.erased`,
        resourceType: kind,
        resourceId: id,
        before,
        after: { rows },
      }),
      tell,
    );
  }

  /** Takes the names away, if nothing of it is in use. */
  private async begin(erasure: Erasure): Promise<void> {
    const { kind, accountId, id } = erasure;
    await this.prisma.$transaction(async (tx) => {
      await this.names.lockAll(tx, accountId);
      const before = await this.lock(tx, erasure);
      if (before === null) throw new StartError(`The ${kind} is gone already.`);
      if (before.archivedAt === null) {
        throw new StartError(
          `The ${kind} "${before.name}" is in use. Archive it first: DELETE /${kind}s/${id}?confirm=${encodeURIComponent(before.name)}.`,
        );
      }
      const open = await this.eraser.countOpen(tx, erasure);
      if (open > 0) {
        throw new StartError(
          `${open} ${open === 1 ? 'deployment' : 'deployments'} of the ${kind} "${before.name}" are not over. Wait for them, or end them: POST /deployments/{id}/abort.`,
        );
      }
      await this.eraser.dropNames(tx, erasure);
      await raiseRulesRevision(tx, accountId);
      await this.audit.record(
        tx,
        { kind: 'operator', accountId },
        {
          action: `${kind}.erase_started`,
          resourceType: kind,
          resourceId: id,
          before: before.shown,
          after: null,
          at: await databaseTime(tx, this.clock),
        },
      );
    });
  }

  private async lock(tx: Transaction, { kind, accountId, id }: Erasure) {
    if (kind === 'product') {
      const product = await this.products.lock(tx, accountId, id);
      return product && { ...product, shown: toProductDto(product) };
    }
    const environment = await this.environments.lock(tx, accountId, id);
    return environment && { ...environment, shown: toEnvironmentDto(environment) };
  }

  private async show({ kind, accountId, id }: Erasure): Promise<{ readonly name: string } | null> {
    return kind === 'product' ? this.products.find(accountId, id) : this.environments.find(accountId, id);
  }
}
