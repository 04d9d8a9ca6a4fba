import type { Prisma } from './generated/client.js';

/*
 * The revision of an account's policy, which every start is decided under and written under. Both are raised in the
 * transaction of the change, and lock the account's row until its end: changes of one account's policy come one by one.
 */

/** After a change of an approval, an override or a setting: starts that are just being decided are decided again. */
export async function raisePolicyRevision(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
  const data = { policyRevision: { increment: 1 } };
  await tx.account.update({ where: { id: accountId }, data, select: { id: true } });
}

/** After a change of what rules say or apply to (a rule, a name, an environment's type): every replica reads them again, too. */
export async function raiseRulesRevision(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
  const data = { policyRevision: { increment: 1 }, rulesRevision: { increment: 1 } };
  await tx.account.update({ where: { id: accountId }, data, select: { id: true } });
}
