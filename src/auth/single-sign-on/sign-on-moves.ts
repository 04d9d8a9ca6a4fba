import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../../audit/audit.repository.js';
import { Clock } from '../../common/clock.js';
import { StartError } from '../../common/errors/start.error.js';
import { databaseTime } from '../../database/database-time.js';
import { raisePolicyRevision } from '../../database/policy-revision.js';
import { PrismaService } from '../../database/prisma.service.js';
import { toPersonalAccessTokenDto } from '../personal-access-tokens.mapper.js';
import type { UserView } from '../users.mapper.js';
import { UsersRepository } from '../users.repository.js';
import { type Identity, IdentitiesRepository } from './identities.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

export interface SignOnMove {
  readonly accountSlug: string;
  /** Ids of users. */
  readonly from: string;
  readonly to: string;
}

/** Gives the sign-ons of one person to another: for somebody who came into being twice. An operator's decision alone. */
@Injectable()
export class SignOnMoves {
  constructor(
    private readonly prisma: PrismaService,
    private readonly identities: IdentitiesRepository,
    private readonly users: UsersRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Effective within a second. What was done with the sign-on so far is then that other person's, too.
   * @throws StartError for what is not there or does not fit
   */
  async move({ accountSlug, from, to }: SignOnMove): Promise<{ count: number; from: UserView; to: UserView }> {
    const accountId = await this.identities.findAccount(accountSlug);
    if (accountId === null)
      throw new StartError(`There is no account "${accountSlug}"; "npm run admin -- account list" lists them.`);
    return this.prisma.$transaction(async (tx) => {
      await this.users.lockAll(tx, accountId);
      const giver = await this.person(tx, accountId, from);
      const taker = await this.person(tx, accountId, to);
      if (taker.id === giver.id) throw new StartError('Both are the same person.');
      if (taker.deactivatedAt !== null)
        throw new StartError(`${taker.name} (${to}) is deactivated: activate them first.`);
      const moved = await this.identities.listIn(tx, accountId, giver.id);
      if (moved.length === 0) throw new StartError(`${giver.name} (${from}) has never signed on.`);
      for (const identity of moved) await this.moveOne(tx, identity, taker);
      // Whose work an approval is about has changed.
      await raisePolicyRevision(tx, accountId);
      return { count: moved.length, from: giver, to: taker };
    });
  }

  private async moveOne(tx: Transaction, identity: Identity, taker: UserView): Promise<void> {
    const { accountId, id, issuer } = identity;
    if (await this.identities.isLinked(tx, accountId, taker.id, issuer!)) {
      throw new StartError(`${taker.name} (${taker.id}) signs on at ${issuer} already.`);
    }
    const after = await this.identities.give(tx, identity, taker.id);
    const at = await databaseTime(tx, this.clock);
    await this.audit.record(
      tx,
      { kind: 'operator', accountId },
      {
        action: 'personal_access_token.moved',
        resourceType: 'personal_access_token',
        resourceId: id,
        before: toPersonalAccessTokenDto(identity),
        after: toPersonalAccessTokenDto(after),
        at,
      },
    );
  }

  private async person(tx: Transaction, accountId: string, id: string): Promise<UserView> {
    const user = await this.users.findIn(tx, accountId, id);
    if (user?.kind === 'person') return user;
    throw new StartError(`There is no person ${id} in that account.`);
  }
}
