import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import { inferEnvironmentType } from '../catalog/infer-environment-type.js';
import { nameKey } from '../catalog/name-key.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import type { Cursor } from '../common/http/cursor.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, mapPage, type Page, type PageQuery } from '../common/http/pagination.js';
import { PrismaService } from '../database/prisma.service.js';
import { FlowCircles } from './flow-circles.service.js';
import { readRuleChanges } from './read-rule-changes.js';
import { RuleChanges } from './rule-changes.service.js';
import { RuleWarnings } from './rule-warnings.service.js';
import { unknownKeyWarnings } from './unknown-keys.js';
import type { CreateRuleDto, RuleDto, RuleRevisionDto } from './rule.dto.js';
import {
  type RuleDefinition,
  type RuleView,
  toRuleDefinition,
  toRuleDefinitionDto,
  toRuleDto,
  toRuleKeys,
  toRuleRevisionDto,
  withChanges,
} from './rule.mapper.js';
import type { RulesQuery } from './rules.query.js';
import { type RuleFilter, RulesRepository, type Transaction } from './rules.repository.js';
import { ScopeNamesRepository } from './scope-names.repository.js';

/** Every start asks all that apply to it, and a refusal tells of each. */
export const mostRules = 1000;

/** The policies of an account. Every change of one counts for every start that is decided after it. */
@Injectable()
export class RulesService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly rules: RulesRepository,
    private readonly names: ScopeNamesRepository,
    private readonly circles: FlowCircles,
    private readonly warnings: RuleWarnings,
    private readonly changes: RuleChanges,
  ) {}

  async list(accountId: string, query: RulesQuery): Promise<Page<RuleView>> {
    const { limit, cursor } = query;
    return cutPage(
      await this.rules.list(accountId, await this.filterOf(accountId, query), limit + 1, cursor ?? null),
      limit,
    );
  }

  /** @throws NotFoundError */
  async get(accountId: string, id: string): Promise<RuleDto> {
    const rule = await this.find(accountId, id);
    if (rule === null) throw new NotFoundError();
    return rule;
  }

  /** What a rule was, also one that was deleted, the latest first. @throws NotFoundError */
  async revisions(accountId: string, id: string, { limit, cursor }: PageQuery): Promise<Page<RuleRevisionDto>> {
    const found = await this.rules.revisions(
      accountId,
      id,
      limit + 1,
      cursor === undefined ? null : revisionAt(cursor),
    );
    if (found === null) throw new NotFoundError();
    // Revisions may be as young as each other, so they are paged by their number, in the place of a time.
    const rows = found.map((row) => ({ ...row, createdAt: new Date(row.revision), id }));
    return mapPage(cutPage(rows, limit), toRuleRevisionDto);
  }

  /**
   * @param sent the body as it came: what is ignored of it is warned of
   * @throws InvalidError for a flow that closes a circle, ConflictError for a name that is taken or a rule too many
   */
  async create(rule: CreateRuleDto, sent: unknown, actor: Actor): Promise<Answer<RuleDto>> {
    const { accountId } = actor;
    const definition = toRuleDefinition(rule);
    const warnings = [...unknownKeyWarnings(sent), ...(await this.warnings.of(accountId, definition, null))];
    return this.prisma.$transaction(async (tx) => {
      await this.rules.lockAll(tx, accountId);
      if ((await this.rules.count(tx, accountId)) >= mostRules) {
        throw new ConflictError(
          `There are ${mostRules} rules already, as many as an account may have: delete one first`,
        );
      }
      await this.circles.refuse(tx, accountId, definition, null);
      await this.requireFreeName(tx, accountId, definition, null);
      const created = await this.changes.createIn(tx, definition, actor);
      const location = `/deployment-rules/${created.id}`;
      const body = toRuleDto(created, warnings);
      await keepAnswer(tx, actor, { statusCode: 201, location, body });
      return { statusCode: 201, location, body };
    });
  }

  /**
   * Changes a rule. Changes nothing, and records nothing, where everything is as it should be already.
   *
   * @param sent the body as it came: what may stand in it depends on the rule
   * @throws InvalidError, NotFoundError, PreconditionFailedError, ConflictError for a name that is taken
   */
  async update(id: string, sent: unknown, ifMatch: string | null, actor: Actor): Promise<RuleDto> {
    const { accountId } = actor;
    const seen = ifMatch === null ? null : await this.find(accountId, id);
    const after = await this.prisma.$transaction(async (tx) => {
      await this.rules.lockAll(tx, accountId);
      const before = await this.rules.find(accountId, id, tx);
      const { value, faults } = readRuleChanges(sent, before);
      if (faults.length > 0) throw new InvalidError(faults);
      if (before === null) throw new NotFoundError();
      requireSeen(ifMatch, seen, before);
      const definition = withChanges(before, value);
      if (isDeepStrictEqual(toRuleDefinitionDto(definition), toRuleDefinitionDto(before))) return before;

      await this.circles.refuse(tx, accountId, definition, id);
      await this.requireFreeName(tx, accountId, definition, id);
      return this.changes.updateIn(tx, before, definition, actor);
    });
    return toRuleDto(after, [...unknownKeyWarnings(sent), ...(await this.warnings.of(accountId, after, id))]);
  }

  /**
   * From now on the rule is not there any more; its revisions and violations stay.
   * @throws NotFoundError, PreconditionFailedError
   */
  async delete(id: string, ifMatch: string | null, actor: Actor): Promise<void> {
    const { accountId } = actor;
    const seen = ifMatch === null ? null : await this.find(accountId, id);
    await this.prisma.$transaction(async (tx) => {
      await this.rules.lockAll(tx, accountId);
      const before = await this.rules.find(accountId, id, tx);
      if (before === null) throw new NotFoundError();
      requireSeen(ifMatch, seen, before);
      await this.changes.deleteIn(tx, before, actor);
    });
  }

  private async find(accountId: string, id: string): Promise<RuleDto | null> {
    const rule = await this.rules.find(accountId, id);
    return rule && toRuleDto(rule, await this.warnings.of(accountId, rule, id));
  }

  private async requireFreeName(tx: Transaction, accountId: string, definition: RuleDefinition, ownId: string | null) {
    const named = await this.rules.findByName(tx, accountId, toRuleKeys(definition).nameKey);
    if (named !== null && named.id !== ownId) throw new ConflictError(`A rule named ${named.name} already exists`);
  }

  private async filterOf(
    accountId: string,
    { type, status, name, product, environment }: RulesQuery,
  ): Promise<RuleFilter> {
    const products = await this.names.products(accountId, (product ?? []).map(nameKey));
    const environments = await this.names.environments(accountId, (environment ?? []).map(nameKey));
    return {
      types: type ?? null,
      statuses: status ?? null,
      nameKeys: name?.map(nameKey) ?? null,
      productKeys: product?.flatMap((named) => products.get(nameKey(named))?.keys ?? nameKey(named)) ?? null,
      environments:
        environment?.map((named) => {
          const known = environments.get(nameKey(named));
          return { keys: known?.keys ?? [nameKey(named)], type: known?.type ?? inferEnvironmentType(named) };
        }) ?? null,
    };
  }
}

/**
 * Refuses an edit of a rule that has changed since the client read it. Warnings may take their time, so they were told
 * before the rules were locked, and hold if the rule is still the same.
 */
function requireSeen(ifMatch: string | null, seen: RuleDto | null, { revision }: RuleView): void {
  requireMatch(ifMatch, seen?.revision === revision ? seen : { revision });
}

/** Larger than any: the end of what a revision is stored in. */
const maxRevision = 2 ** 31 - 1;

function revisionAt({ createdAt }: Cursor): number {
  return Math.min(createdAt.getTime(), maxRevision);
}
