import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import type { CatalogKind, TakenName } from './catalog-names.repository.js';

/** 409: a name that belongs to another one, and what to do next. */
export function nameTaken(
  kind: CatalogKind,
  { asked, holderId, holderName, holderArchived }: TakenName,
): ConflictError {
  const archived = holderArchived ? 'archived ' : '';
  const holder =
    holderName === asked
      ? `the ${archived}${kind} ${holderId}`
      : `the ${archived}${kind} ${holderName} (${holderId}), as one of its names`;
  const next = holderArchived
    ? `bring that one back with PATCH /${kind}s/${holderId} {"archived": false}, or give it another name first and take the old one from its aliases`
    : 'choose another name, or take it from that one first';
  return new ConflictError(`The name ${asked} belongs to ${holder} already: ${next}`);
}

/** 409: an alias that a rule goes by. */
export function aliasInUse(kind: CatalogKind, aliases: readonly string[], rules: readonly string[]): ConflictError {
  const names = rules.map((rule) => `"${rule}"`).join(', ');
  return new ConflictError(
    `${aliases.join(', ')}: still named by the ${rules.length === 1 ? 'rule' : 'rules'} ${names}, which would no longer apply to this ${kind}: change the ${rules.length === 1 ? 'rule' : 'rules'} first`,
  );
}

/** @throws InvalidError unless `confirm` is the present name */
export function requireConfirmed(kind: CatalogKind, name: string, confirm: string | undefined): void {
  if (confirm?.trim() === name) return;
  const msg = `confirm with the name of the ${kind}: ?confirm=${encodeURIComponent(name)}`;
  throw new InvalidError([{ loc: ['query', 'confirm'], msg, type: 'value_error.confirm' }]);
}

/** Names beside the present one that a product or environment may have. */
export const mostAliases = 100;

/** @throws ConflictError where a change would leave more names than `aliases` could ever list again */
export function requireFewAliases(kind: CatalogKind, aliases: number): void {
  if (aliases <= mostAliases) return;
  throw new ConflictError(
    `This ${kind} has ${mostAliases} aliases already, as many as it may have: give up one first, with PATCH {"aliases": […]} and those that are to stay`,
  );
}
