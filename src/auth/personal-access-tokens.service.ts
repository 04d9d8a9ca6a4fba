import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { ForbiddenError, NotFoundError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { requireMatch } from '../common/http/etag.js';
import { keepAnswer } from '../common/http/idempotency.repository.js';
import { cutPage, type Page } from '../common/http/pagination.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Actor } from './actor.js';
import { CredentialCache } from './credential-cache.js';
import { holds } from './permissions.js';
import type {
  CreatedPersonalAccessTokenDto,
  CreatePersonalAccessTokenDto,
  PersonalAccessTokensQuery,
  UpdatePersonalAccessTokenDto,
} from './personal-access-tokens.dto.js';
import { toCreatedPersonalAccessTokenDto, toPersonalAccessTokenDto } from './personal-access-tokens.mapper.js';
import { PersonalAccessTokensRepository, type ShownToken } from './personal-access-tokens.repository.js';
import { requireFuture } from './require-future.js';
import { newSecret } from './secrets.js';
import { UsersRepository } from './users.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** A token that is to be made. */
interface NewToken {
  readonly userId: string;
  readonly name: string;
  readonly expiresAt: Date | null;
}

/** The tokens with which people call: everybody's own, and for an admin also those of others. */
@Injectable()
export class PersonalAccessTokensService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tokens: PersonalAccessTokensRepository,
    private readonly users: UsersRepository,
    private readonly audit: AuditRepository,
    private readonly credentials: CredentialCache,
    private readonly clock: Clock,
  ) {}

  /** @throws ForbiddenError for the tokens of somebody else */
  async list(query: PersonalAccessTokensQuery, actor: Actor): Promise<Page<ShownToken>> {
    const { limit, cursor, active } = query;
    const userId = ownerOf(query.user_id, actor);
    const found = await this.tokens.list(actor.accountId, userId, active ?? null, limit + 1, cursor ?? null);
    return cutPage(found, limit);
  }

  /** @throws NotFoundError, also for a token of somebody else */
  async get(id: string, actor: Actor): Promise<ShownToken> {
    return visible(await this.tokens.find(actor.accountId, id), actor);
  }

  /**
   * Makes a token; its secret is in this answer and nowhere else.
   * @throws ForbiddenError for somebody else, InvalidError for an expiry that has passed or an unknown user,
   *   ConflictError for one who is deactivated
   */
  async create(
    { name, expires_at, user_id }: CreatePersonalAccessTokenDto,
    actor: Actor,
  ): Promise<Answer<CreatedPersonalAccessTokenDto>> {
    const userId = ownerOf(user_id, actor);
    return this.prisma.$transaction(async (tx) => {
      const at = await databaseTime(tx, this.clock);
      requireFuture(expires_at, at);
      await this.requireOwner(tx, actor.accountId, userId);
      return this.createIn(tx, { userId, name, expiresAt: expires_at ?? null }, actor, at);
    });
  }

  /** As `create`, for somebody whose row the caller's transaction holds, and who may have the token. */
  async createIn(
    tx: Transaction,
    { userId, name, expiresAt }: NewToken,
    actor: Actor,
    at: Date,
  ): Promise<Answer<CreatedPersonalAccessTokenDto>> {
    const { accountId, accountSlug } = actor;
    const { secret, prefix, hash } = newSecret('pat', accountSlug);
    const token = await this.tokens.create(tx, {
      accountId,
      id: uuidv7(),
      userId,
      name,
      prefix,
      secretHash: new Uint8Array(hash),
      expiresAt,
      createdBy: actor.userId,
      createdAt: at,
    });
    const location = `/personal-access-tokens/${token.id}`;
    await this.record(tx, actor, 'personal_access_token.created', null, token, at);
    await keepAnswer(tx, actor, { statusCode: 201, location, body: null });
    return { statusCode: 201, location, body: toCreatedPersonalAccessTokenDto(token, secret) };
  }

  /**
   * Renames a token, or brings its end forward: who could put it off would keep a token that leaked alive.
   * @throws NotFoundError, PreconditionFailedError, InvalidError for an end that has passed or is later than so far,
   *   ConflictError for a sign-in at an issuer
   */
  async update(
    id: string,
    { name, expires_at }: UpdatePersonalAccessTokenDto,
    ifMatch: string | null,
    actor: Actor,
  ): Promise<ShownToken> {
    const token = await this.prisma.$transaction(async (tx) => {
      const before = visible(await this.tokens.lock(tx, actor.accountId, id), actor);
      requireMatch(ifMatch, toPersonalAccessTokenDto(before));
      requireOwnSecret(before);
      const wanted = { name: name ?? before.name, expiresAt: expires_at ?? before.expiresAt };
      const isSooner = wanted.expiresAt?.getTime() !== before.expiresAt?.getTime();
      if (wanted.name === before.name && !isSooner) return before;
      const at = await databaseTime(tx, this.clock);
      if (isSooner) requireSooner(before, expires_at!, at);
      const after = await this.tokens.update(tx, before, wanted);
      await this.record(tx, actor, `personal_access_token.${isSooner ? 'updated' : 'renamed'}`, before, after, at);
      return after;
    });
    await this.credentials.forget();
    return token;
  }

  /**
   * Ends a token: here at once, on other replicas within a second. A token that was revoked before stays so.
   * @throws NotFoundError, PreconditionFailedError, ConflictError for a sign-in at an issuer
   */
  async revoke(id: string, ifMatch: string | null, actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      const before = visible(await this.tokens.lock(tx, actor.accountId, id), actor);
      requireMatch(ifMatch, toPersonalAccessTokenDto(before));
      requireOwnSecret(before);
      if (before.revokedAt !== null) return;
      const at = await databaseTime(tx, this.clock);
      const after = await this.tokens.update(tx, before, { revokedAt: at });
      await this.record(tx, actor, 'personal_access_token.revoked', before, after, at);
    });
    await this.credentials.forget();
  }

  private async requireOwner(tx: Transaction, accountId: string, userId: string): Promise<void> {
    const owner = await this.users.hold(tx, accountId, userId);
    if (owner === null) {
      throw new InvalidError([{ loc: ['body', 'user_id'], msg: 'unknown user', type: 'value_error.unknown' }]);
    }
    if (owner.deactivatedAt === null) return;
    throw new ConflictError(`${owner.name} is deactivated and could not use a token: activate them first`);
  }

  private async record(
    tx: Transaction,
    actor: Actor,
    action: string,
    before: ShownToken | null,
    after: ShownToken,
    at: Date,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      resourceType: 'personal_access_token',
      resourceId: after.id,
      before: before && toPersonalAccessTokenDto(before),
      after: toPersonalAccessTokenDto(after),
      at,
    });
  }
}

/** Whom a request is about: the caller, or whom an admin names. Only people get this far: keys hold no `tokens:own`. */
function ownerOf(userId: string | null | undefined, actor: Actor): string {
  const named = userId ?? actor.userId;
  if (named === null || (named !== actor.userId && !holds('users:write', actor))) throw new ForbiddenError();
  return named;
}

function visible(token: ShownToken | null, actor: Actor): ShownToken {
  if (token === null || (token.userId !== actor.userId && !holds('users:write', actor))) throw new NotFoundError();
  return token;
}

/** A sign-in is the issuer's to end: without its row, they would get another at their next call. */
function requireOwnSecret({ issuer, userId }: ShownToken): void {
  if (issuer === null) return;
  throw new ConflictError(
    `This is a sign-in at ${issuer}, not a token: deactivate the person with DELETE /users/${userId}, or take them out at the issuer`,
  );
}

function requireSooner({ expiresAt }: ShownToken, wanted: Date, now: Date): void {
  requireFuture(wanted, now);
  if (expiresAt === null || wanted < expiresAt) return;
  throw new InvalidError([
    {
      loc: ['body', 'expires_at'],
      msg: 'date is later than so far: make a new token',
      type: 'value_error.date.too_late',
    },
  ]);
}
