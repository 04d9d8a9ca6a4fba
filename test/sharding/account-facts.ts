import { elementsOf, holds, listOf, type Tree, treeOf, uncast, wordsOf } from './sql-tree.js';

/**
 * What ties a use of a table to an account: `none`; `rows`, the accounts of rows that come from elsewhere, which may be
 * several; or the one value of a statement, `$1` for instance.
 */
export type Tie = 'none' | 'rows' | 'constant' | `$${string}`;

/** A table, or what stands in its place, where a query reads or changes it. */
export interface Source {
  /** By which the query calls it. */
  readonly name: string;
  /** Its column that holds the account; null where it is no table of an account. */
  readonly key: string | null;
  readonly table: string | null;
  tie: Tie;
}

/** One query, and the one that it stands in. */
export interface Level {
  readonly sources: Source[];
  readonly outer: Level | null;
}

/** Rows of `target` are of the accounts that `from` has. */
export interface Fact {
  readonly target: Source;
  readonly from: Source | Tie;
}

/** Of two ties the one that says less; a constant is tied to whatever the other is. */
export function weaker(a: Tie, b: Tie): Tie {
  if (a === b || b === 'constant') return a;
  if (a === 'constant') return b;
  // Two values may be two accounts.
  return a === 'none' || b === 'none' ? 'none' : 'rows';
}

export function tieOf(from: Source | Tie): Tie {
  return typeof from === 'string' ? from : from.tie;
}

/** What holds of every row for which a condition is true. */
export function factsOf(condition: Tree | null, level: Level): Fact[] {
  if (condition === null) return [];
  const { kind, fields } = condition;
  if (kind === 'BoolExpr' && fields['boolop'] === 'AND_EXPR') {
    return listOf(fields['args']).flatMap((one) => factsOf(one, level));
  }
  if (kind === 'BoolExpr' && fields['boolop'] === 'OR_EXPR') {
    return inCommon(listOf(fields['args']).map((one) => factsOf(one, level)));
  }
  if (kind === 'A_Expr' && wordsOf(fields['name']).at(-1) === '=') return comparison(fields, level);
  // `(account_id, id) IN (SELECT …)`: what that query reads is looked at by itself.
  if (kind === 'SubLink' && fields['subLinkType'] === 'ANY_SUBLINK') {
    return elementsOf(treeOf(fields['testexpr'])).flatMap((element) => oneSide(element, 'rows', level));
  }
  return [];
}

function comparison(fields: Tree['fields'], level: Level): Fact[] {
  const [left, right] = [treeOf(fields['lexpr']), treeOf(fields['rexpr'])];
  const elements = elementsOf(left);
  if (fields['kind'] === 'AEXPR_OP') {
    const others = elementsOf(right);
    return elements.flatMap((element, n) => equal(element, others[n] ?? null, level));
  }
  if (fields['kind'] !== 'AEXPR_IN' && fields['kind'] !== 'AEXPR_OP_ANY') return [];
  return elements.flatMap((element) => oneSide(element, 'rows', level));
}

function equal(left: Tree | null, right: Tree | null, level: Level): Fact[] {
  const [a, b] = [originOf(left, level), originOf(right, level)];
  return [
    ...(b === null ? [] : oneSide(left, b, level)),
    ...(a === null || (left?.kind === right?.kind && a === b) ? [] : oneSide(right, a, level)),
  ];
}

function oneSide(column: Tree | null, from: Source | Tie, level: Level): Fact[] {
  const target = sourceOf(column, level);
  // A condition of a query restricts its own tables, never those of the query around it.
  return target === null || target.key === null || target === from || !level.sources.includes(target)
    ? []
    : [{ target, from }];
}

/** What a function of the database calls the account that it works for. */
const variables: readonly string[] = ['of_account'];

/** Where a value comes from that an account is compared with; null where that says nothing. */
export function originOf(value: Tree | null, level: Level): Source | Tie | null {
  const bare = uncast(value);
  if (bare === null) return null;
  if (bare.kind === 'ParamRef') return `$${String(bare.fields['number'])}`;
  if (bare.kind === 'ColumnRef') {
    return sourceOf(bare, level) ?? (variables.includes(wordsOf(bare.fields['fields']).join('.')) ? 'constant' : null);
  }
  return holds({ [bare.kind]: bare.fields }, new Set(['ColumnRef', 'SubLink'])) ? null : 'constant';
}

/** The source whose account a column is; null for any other column. */
export function sourceOf(value: Tree | null, level: Level | null): Source | null {
  const column = uncast(value);
  if (column?.kind !== 'ColumnRef') return null;
  const words = wordsOf(column.fields['fields']);
  const [owner, name] = [words.at(-2), words.at(-1)!];
  for (let here = level; here !== null; here = here.outer) {
    const found = here.sources.filter(
      (source) => (owner === undefined || source.name === owner) && (source.key === null || source.key === name),
    );
    // Without its owner a column of a table of an account goes before one of anything else.
    const best = found.find(({ key }) => key !== null) ?? found[0];
    if (best !== undefined) return best;
    if (owner !== undefined && here.sources.some((source) => source.name === owner)) return null;
  }
  return null;
}

function inCommon(branches: readonly (readonly Fact[])[]): Fact[] {
  const [first = [], ...others] = branches;
  return first.flatMap(({ target, from }) => {
    const same = others.map((facts) => facts.find((fact) => fact.target === target));
    if (same.includes(undefined)) return [];
    return [{ target, from: same.every((fact) => fact!.from === from) ? from : 'rows' }];
  });
}
