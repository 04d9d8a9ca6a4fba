import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../../audit/audit.repository.js';
import { Clock } from '../../common/clock.js';
import { databaseTime } from '../../database/database-time.js';
import { PrismaService } from '../../database/prisma.service.js';
import type { Credential } from '../credential.js';
import { toPersonalAccessTokenDto } from '../personal-access-tokens.mapper.js';
import { toUserDto, type UserView } from '../users.mapper.js';
import { UsersRepository } from '../users.repository.js';
import { UsersService } from '../users.service.js';
import { IdentitiesRepository } from './identities.repository.js';
import type { MappedRoles } from './map-groups.js';
import { isSameEmail, type Profile } from './profile.js';
import { RefusedTokenError } from './refused-token.error.js';
import type { SignOn } from './sign-on.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** Brings people into being at their first sign-on, and keeps their roles as their groups say. All of it is audited. */
@Injectable()
export class PeopleWhoSignOn {
  private readonly logger = new Logger('SingleSignOn');
  /** The last admins of whom the operator has been told that they stay what they are. */
  private readonly keptAdmins = new Set<string>();

  constructor(
    private readonly prisma: PrismaService,
    private readonly identities: IdentitiesRepository,
    private readonly users: UsersRepository,
    private readonly usersService: UsersService,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether somebody has signed on before, and may still.
   * @throws RefusedTokenError for an account that does not exist, and for who may not
   */
  async isKnown(signOn: SignOn): Promise<boolean> {
    const accountId = await this.accountOf(signOn);
    const identity = await this.identities.find(accountId, signOn);
    if (identity === null) return false;
    if (identity.isOver)
      throw new RefusedTokenError({ kind: 'deactivated', told: `${identity.userId} is deactivated` });
    await this.identities.repairHash(accountId, identity.id, signOn);
    return true;
  }

  /**
   * Lets somebody in who has not been here before: as the person who has that e-mail, else as a new one. Of two first
   * requests at once the second finds what the first has made.
   *
   * @throws RefusedTokenError where the e-mail is a deactivated person's
   */
  async add(signOn: SignOn, profile: Profile): Promise<void> {
    const accountId = await this.accountOf(signOn);
    await this.prisma.$transaction(async (tx) => {
      await this.users.lockAll(tx, accountId);
      if ((await this.identities.findIn(tx, accountId, signOn)) !== null) return;
      const at = await databaseTime(tx, this.clock);
      const known = await this.holderOf(tx, accountId, profile.email);
      const isTheirs = known !== null && (await this.mayLink(tx, accountId, known, profile.email!, signOn));
      const person = isTheirs
        ? await this.applyIn(tx, accountId, known, signOn.mapped)
        : await this.create(tx, accountId, signOn, { ...profile, email: known === null ? profile.email : null }, at);
      const row = { accountId, id: uuidv7(), userId: person.id, claimsIssuedAt: signOn.issuedAt, createdAt: at };
      const identity = await this.identities.create(tx, signOn, row);
      await this.audit.record(
        tx,
        { kind: 'service', accountId },
        {
          action: 'personal_access_token.created',
          resourceType: 'personal_access_token',
          resourceId: identity.id,
          before: null,
          after: Object.assign({}, toPersonalAccessTokenDto(identity), { subject: signOn.subject }),
          at,
        },
      );
    });
  }

  /**
   * Makes somebody what their groups say, unless a newer token has said otherwise. Answers whether they are something
   * else now than the credential says.
   */
  async follow(credential: Credential, { mapped, issuedAt }: SignOn): Promise<boolean> {
    const { accountId, id, userId } = credential;
    return this.prisma.$transaction(async (tx) => {
      await this.users.lockAll(tx, accountId);
      if (!(await this.identities.takeClaims(tx, accountId, id, issuedAt))) return false;
      const person = await this.users.findIn(tx, accountId, userId!);
      if (person?.kind !== 'person') return false;
      const { role, approverRoles } = await this.applyIn(tx, accountId, person, mapped);
      return role !== credential.role || JSON.stringify(approverRoles) !== JSON.stringify(credential.approverRoles);
    });
  }

  private async applyIn(
    tx: Transaction,
    accountId: string,
    person: UserView,
    { role, approverRoles }: MappedRoles,
  ): Promise<UserView> {
    const keepsAdmin = await this.isLastAdmin(tx, accountId, person);
    if (keepsAdmin && role !== null && role !== 'admin' && !this.keptAdmins.has(person.id)) {
      this.keptAdmins.add(person.id);
      this.logger.warn(`${person.id} stays admin, though no group says so: nobody else in the account is one`);
    }
    const changes = {
      ...(role === null || keepsAdmin ? {} : { role }),
      ...(approverRoles === null ? {} : { approverRoles }),
    };
    return this.usersService.updateIn(tx, person.id, changes, { kind: 'service', accountId });
  }

  private async isLastAdmin(tx: Transaction, accountId: string, { id, role }: UserView): Promise<boolean> {
    return role === 'admin' && !(await this.users.hasOtherAdmin(tx, accountId, id));
  }

  private async holderOf(tx: Transaction, accountId: string, email: string | null): Promise<UserView | null> {
    return email === null ? null : this.users.findByEmail(tx, accountId, email);
  }

  /** Whether the issuer's word about an e-mail is enough to let somebody act as the person who has it here. */
  private async mayLink(
    tx: Transaction,
    accountId: string,
    known: UserView,
    email: string,
    { issuer, subject }: SignOn,
  ): Promise<boolean> {
    if (known.kind !== 'person' || known.email === null || !isSameEmail(known.email, email)) return false;
    if (known.deactivatedAt !== null) {
      throw new RefusedTokenError({
        kind: 'deactivated',
        told: `its e-mail is that of ${known.id}, who is deactivated`,
      });
    }
    // An address that was given to somebody else since: the one who had it first stays who they are.
    if (!(await this.identities.isLinked(tx, accountId, known.id, issuer))) return true;
    this.logger.warn(
      `${JSON.stringify(subject)} is not linked to ${known.id}, who signs on as another subject with that e-mail`,
    );
    return false;
  }

  private async create(
    tx: Transaction,
    accountId: string,
    { subject, mapped }: SignOn,
    { email, name }: Profile,
    at: Date,
  ): Promise<UserView> {
    const created = await this.users.create(
      tx,
      accountId,
      uuidv7(),
      {
        kind: 'person',
        email,
        name: name ?? subject,
        logins: [],
        role: mapped.role ?? 'viewer',
        approverRoles: mapped.approverRoles ?? [],
      },
      at,
    );
    const entry = { action: 'user.created', resourceType: 'user', resourceId: created.id, before: null, at };
    await this.audit.record(tx, { kind: 'service', accountId }, { ...entry, after: toUserDto(created) });
    return created;
  }

  private async accountOf({ accountSlug }: SignOn): Promise<string> {
    const accountId = await this.identities.findAccount(accountSlug);
    if (accountId !== null) return accountId;
    throw new RefusedTokenError({ kind: 'account', told: `there is no account ${JSON.stringify(accountSlug)}` });
  }
}
