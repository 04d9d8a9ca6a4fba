import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { AuditActor } from '../audit/audit.repository.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { type Fault, InvalidError } from '../common/errors/invalid.error.js';
import { StartError } from '../common/errors/start.error.js';
import { PrismaService } from '../database/prisma.service.js';
import { isLostRace } from '../database/is-lost-race.js';
import { FlowCircles } from '../rules/flow-circles.service.js';
import type { RuleView } from '../rules/rule.mapper.js';
import { RuleWarnings } from '../rules/rule-warnings.service.js';
import type { Transaction } from '../rules/rules.repository.js';
import { mostRules } from '../rules/rules.service.js';
import type { Change } from './configuration.js';
import { ConfigurationChanges } from './configuration-changes.service.js';
import { ConfigurationRepository } from './configuration.repository.js';
import { inOrderOfWork } from './in-order-of-work.js';
import { judgeConfiguration } from './judge-configuration.js';
import { kinds } from './kinds.js';
import { writeConfiguration } from './write-configuration.js';

export interface ApplyOptions {
  /** Whether what the file does not name is removed from the sections that it has. */
  readonly prune: boolean;
  /** Whether everything is tried and nothing kept. */
  readonly dryRun: boolean;
}

/** What was done, or with faults: why nothing was. */
export interface Applied {
  readonly changes: readonly Change[];
  readonly faults: readonly Fault[];
  /** What looks like a mistake about the rules that were made or changed. */
  readonly warnings: readonly RuleWarning[];
}

export interface RuleWarning {
  readonly rule: string;
  readonly text: string;
}

/** A file of thousands of things takes seconds; no request waits for it but those that change the same account. */
const timeoutMs = 600_000;
/** Somebody else's turn is over in milliseconds, or in seconds if it is another file's. */
const lockPollMs = 50;
const lockTries = 1_200;
/** What events do meanwhile is met at most so often. */
const tries = 3;

/** Brings an account to what a file says, and writes such files. */
@Injectable()
export class ConfigAsCode {
  constructor(
    private readonly prisma: PrismaService,
    private readonly configurations: ConfigurationRepository,
    private readonly changes: ConfigurationChanges,
    private readonly circles: FlowCircles,
    private readonly warnings: RuleWarnings,
  ) {}

  /** @throws StartError where there is no such account */
  async export(slug: string): Promise<string> {
    const accountId = await this.find(slug);
    // One snapshot: a rule never names what the file does not have.
    const options = { isolationLevel: 'RepeatableRead', timeout: timeoutMs } as const;
    return writeConfiguration(await this.prisma.$transaction((tx) => this.configurations.read(accountId, tx), options));
  }

  /**
   * Makes all the changes that a file asks for, in one transaction, or none. They are worked out while nobody else changes
   * the account, so that what is told is what is done.
   *
   * @param json what the file says
   * @throws StartError where there is no such account, or it is being changed for a minute
   */
  async apply(slug: string, json: unknown, options: ApplyOptions): Promise<Applied> {
    const accountId = await this.find(slug);
    for (let i = 1; ; i++) {
      try {
        return await this.try(accountId, json, options);
      } catch (error) {
        if (error instanceof Undone) return error.applied;
        // A pipeline has named something new at the same moment: what there is now is read again.
        const isRace = isLostRace(error) || (error instanceof RefusedChange && error.isConflict);
        if (isRace && i < tries) continue;
        if (error instanceof RefusedChange) return { changes: [], faults: error.faults, warnings: [] };
        throw error;
      }
    }
  }

  private async find(slug: string): Promise<string> {
    const accountId = await this.configurations.findAccount(slug);
    if (accountId === null)
      throw new StartError(`There is no account "${slug}"; "npm run admin -- account list" lists them.`);
    return accountId;
  }

  private async try(accountId: string, json: unknown, { prune, dryRun }: ApplyOptions): Promise<Applied> {
    return this.prisma.$transaction(
      async (tx) => {
        await this.lock(tx, accountId);
        const present = await this.configurations.read(accountId, tx);
        const { changes, faults } = judgeConfiguration(json, present, { prune, mostRules });
        if (faults.length > 0) return { changes: [], faults, warnings: [] };
        const warnings = await this.make(tx, accountId, changes);
        const applied = { changes, faults, warnings };
        if (dryRun) throw new Undone(applied);
        return applied;
      },
      { timeout: timeoutMs },
    );
  }

  private async lock(tx: Transaction, accountId: string): Promise<void> {
    for (let i = 0; i < lockTries; i++) {
      if (await this.configurations.tryLock(tx, accountId)) return;
      await pause(lockPollMs);
    }
    throw new StartError('Somebody else is changing this account; try again.');
  }

  private async make(tx: Transaction, accountId: string, changes: readonly Change[]): Promise<RuleWarning[]> {
    const actor: AuditActor = { kind: 'operator', accountId };
    const written: { readonly change: Change; readonly rule: RuleView }[] = [];
    for (const change of inOrderOfWork(changes)) {
      const rule = await this.changes.make(tx, change, actor).catch((error: unknown) => {
        throw refused(error, change) ?? error;
      });
      if (rule !== null) written.push({ change, rule });
    }
    // What the rules come to counts, not in which order they were written.
    const rules = written.map(({ rule }) => rule);
    const ids = rules.map(({ id }) => id);
    const circles = await this.circles.closedBy(tx, accountId, ids);
    const faults = written.flatMap(({ change, rule }) => {
      const words = circles.get(rule.id);
      return words === undefined ? [] : [{ loc: [...change.loc, 'config'], ...words }];
    });
    if (faults.length > 0) throw new RefusedChange(faults, false);
    const toWarn = rules.map((rule) => ({ definition: rule, ownId: rule.id }));
    const warnings = rules.length === 0 ? [] : await this.warnings.ofEach(accountId, toWarn, tx);
    return warnings.flatMap((texts, i) => texts.map((text) => ({ rule: rules[i]!.name, text })));
  }
}

/** Ends a transaction of which nothing is kept. */
class Undone extends Error {
  constructor(readonly applied: Applied) {
    super('Nothing is kept of a dry run');
  }
}

/** A change that could not be made: with it, none is. */
class RefusedChange extends Error {
  constructor(
    readonly faults: readonly Fault[],
    /** Whether it might go well when what there is has been read again. */
    readonly isConflict: boolean,
  ) {
    super('A change was refused');
  }
}

function refused(error: unknown, { section, loc }: Change): RefusedChange | null {
  const at = loc.length === 0 ? [section] : loc;
  if (error instanceof InvalidError) {
    return new RefusedChange(
      error.faults.map((fault) => ({ ...fault, loc: [...at, ...fault.loc.slice(1)] })),
      false,
    );
  }
  if (!(error instanceof ConflictError)) return null;
  const field = section === 'account' || loc.length === 0 ? [] : [kinds[section].identifier];
  return new RefusedChange([{ loc: [...at, ...field], msg: error.message, type: 'value_error.conflict' }], true);
}
