import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { Prisma } from '../database/generated/client.js';

/** Who did it: a caller, the service of itself (a sweep), or an operator at the command line. */
export type AuditActor = Actor | OwnActor;

interface OwnActor {
  readonly kind: 'service' | 'operator';
  readonly accountId: string;
}

/** One change, as it goes into the audit log. */
export interface AuditEntry {
  /** `<resource>.<verb>`: `api_key.created`. */
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  /** The resource as the API shows it, which never holds a secret; null where there was or is none. */
  readonly before: object | null;
  readonly after: object | null;
  /** By the database's clock. */
  readonly at: Date;
}

/** Writes the audit log. Rows are only ever added. */
@Injectable()
export class AuditRepository {
  /** Adds a row in the transaction of the change that it tells of. */
  async record(tx: Prisma.TransactionClient, actor: AuditActor, entry: AuditEntry): Promise<void> {
    const { before, after, ...rest } = entry;
    await tx.auditLog.create({
      data: { id: uuidv7(), ...rest, ...columnsOf(actor), before: toJson(before), after: toJson(after) },
      select: { id: true },
    });
  }
}

function columnsOf(actor: AuditActor) {
  if (!('credentialId' in actor)) return { accountId: actor.accountId, actorKind: actor.kind };
  const { accountId, kind, apiKeyId, userId, address, requestId } = actor;
  return { accountId, actorKind: kind, apiKeyId, userId, address, requestId };
}

function toJson(value: object | null): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null ? Prisma.DbNull : value;
}
