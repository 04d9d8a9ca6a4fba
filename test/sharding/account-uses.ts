import { parse } from 'libpg-query';
import { type Fact, factsOf, type Level, originOf, type Source, type Tie, tieOf, weaker } from './account-facts.js';
import { type Fields, listOf, queriesIn, type Tree, treeOf, wordsOf } from './sql-tree.js';

/** One use of a table of accounts in a statement. */
export interface AccountUse {
  readonly table: string;
  readonly act: 'read' | 'insert' | 'update' | 'delete';
  readonly tie: Tie;
}

/** The tables that belong to accounts, each with its column that holds the account. */
export type AccountTables = ReadonlyMap<string, string>;

interface Seen {
  readonly uses: readonly AccountUse[];
  /** What ties the rows that it gives. */
  readonly tie: Tie;
  readonly level: Level;
}

type Named = ReadonlyMap<string, Tie>;

/** Statements that neither read nor write rows of a table. */
const harmless = /^(Transaction|VariableSet|VariableShow|Discard|Listen|Notify|Deallocate|Prepare|Execute|Do)Stmt$/;

/**
 * What each use of a table in a statement is tied to. Conditions count where they hold of every row: those of WHERE and of
 * the joins that restrict that side, both with AND alone or in every branch of an OR.
 * @throws where the statement is of a kind that this does not understand
 */
export async function accountUses(sql: string, tables: AccountTables): Promise<AccountUse[]> {
  const { stmts } = await parse(sql);
  return (stmts ?? []).flatMap(({ stmt }) => {
    const tree = treeOf(stmt)!;
    if (harmless.test(tree.kind)) return [];
    return [...new Reader(tables).read(tree, null, new Map()).uses];
  });
}

class Reader {
  constructor(private readonly tables: AccountTables) {}

  read({ kind, fields }: Tree, outer: Level | null, named: Named): Seen {
    const inside = new Map(named);
    const uses: AccountUse[] = [];
    for (const { fields: cte } of listOf((fields['withClause'] as Fields | undefined)?.['ctes'])) {
      const name = cte['ctename'] as string;
      // Of itself a recursive query knows what its first half says.
      inside.set(name, 'constant');
      const seen = this.read(treeOf(cte['ctequery'])!, outer, inside);
      inside.set(name, seen.tie);
      uses.push(...seen.uses);
    }
    const body = this.body(kind, fields, outer, inside);
    return { ...body, uses: [...uses, ...body.uses] };
  }

  private body(kind: string, fields: Fields, outer: Level | null, named: Named): Seen {
    if (kind === 'SelectStmt' && fields['op'] !== 'SETOP_NONE') {
      const halves = ['larg', 'rarg'].map((side) =>
        this.read({ kind, fields: fields[side] as Fields }, outer, named),
      ) as [Seen, Seen];
      const [left, right] = halves;
      return { uses: [...left.uses, ...right.uses], tie: weaker(left.tie, right.tie), level: left.level };
    }
    if (kind === 'SelectStmt') return this.select(fields, outer, named);
    if (kind === 'InsertStmt') return this.insert(fields, outer, named);
    if (kind === 'UpdateStmt') return this.change('update', fields, outer, named);
    if (kind === 'DeleteStmt') return this.change('delete', fields, outer, named);
    // `COPY (query) TO`: what it copies.
    if (kind === 'CopyStmt' && fields['query'] !== undefined) return this.read(treeOf(fields['query'])!, outer, named);
    throw new Error(`A statement of another kind: ${kind}`);
  }

  private select(fields: Fields, outer: Level | null, named: Named): Seen {
    return new Query(this, this.tables, outer, named).run(fields, fields['fromClause'], null);
  }

  private change(act: 'update' | 'delete', fields: Fields, outer: Level | null, named: Named): Seen {
    const target = { relation: fields['relation'] as Fields, act };
    const seen = new Query(this, this.tables, outer, named).run(
      fields,
      act === 'update' ? fields['fromClause'] : fields['usingClause'],
      target,
    );
    const key = this.tables.get((fields['relation'] as Fields)['relname'] as string);
    const moves = act === 'update' && listOf(fields['targetList']).some(({ fields: set }) => set['name'] === key);
    if (!moves) return seen;
    throw new Error('A row that moves to another account');
  }

  private insert(fields: Fields, outer: Level | null, named: Named): Seen {
    const table = (fields['relation'] as Fields)['relname'] as string;
    const key = this.tables.get(table);
    const given = treeOf(fields['selectStmt']);
    const source = given === null ? null : this.read(given, outer, named);
    const rest = queriesIn([fields['onConflictClause'], fields['returningClause']]).map((tree) =>
      this.read(tree, outer, named),
    );
    const uses = [...(source?.uses ?? []), ...rest.flatMap((seen) => seen.uses)];
    const level = source?.level ?? { sources: [], outer };
    if (key === undefined) return { uses, tie: 'rows', level };
    const place = listOf(fields['cols']).findIndex(({ fields: column }) => column['name'] === key);
    const tie = place < 0 || given === null ? 'none' : insertedTie(given, place, level);
    return { uses: [...uses, { table, act: 'insert', tie }], tie, level };
  }
}

function insertedTie({ kind, fields }: Tree, place: number, level: Level): Tie {
  if (kind === 'SelectStmt' && fields['op'] !== 'SETOP_NONE') {
    const [left, right] = ['larg', 'rarg'].map((side) =>
      insertedTie({ kind, fields: fields[side] as Fields }, place, level),
    );
    return weaker(left!, right!);
  }
  const lists = listOf(fields['valuesLists']).map((row) => listOf(row.fields['items'])[place] ?? null);
  const values = lists.length > 0 ? lists : [treeOf(listOf(fields['targetList'])[place]?.fields['val'])];
  const ties = values.map((value) => {
    const origin = originOf(value, level);
    return origin === null ? 'rows' : tieOf(origin);
  });
  return ties.reduce(weaker);
}

/** One SELECT, UPDATE or DELETE, with what stands in its FROM. */
class Query {
  private readonly level: Level;
  private readonly facts: Fact[] = [];
  private readonly acts = new Map<Source, AccountUse['act']>();
  private readonly derived: { source: Source; tree: unknown }[] = [];

  constructor(
    private readonly reader: Reader,
    private readonly tables: AccountTables,
    outer: Level | null,
    private readonly named: Named,
  ) {
    this.level = { sources: [], outer };
  }

  run(fields: Fields, from: unknown, target: { relation: Fields; act: AccountUse['act'] } | null): Seen {
    if (target !== null) this.acts.set(this.table(target.relation), target.act);
    for (const item of listOf(from)) this.add(item);
    this.facts.push(...factsOf(treeOf(fields['whereClause']), this.level));
    const below = queriesIn(
      Object.entries(fields).filter(([name]) => !['fromClause', 'usingClause', 'withClause'].includes(name)),
    );
    // What stands in FROM may depend on its neighbours, and they on it: until nothing changes any more.
    for (;;) {
      this.settle();
      const seen = this.derived.map(({ tree }) =>
        queriesIn(tree).map((one) => this.reader.read(one, this.level, this.named)),
      );
      let changed = false;
      for (const [n, { source }] of this.derived.entries()) {
        const tie = source.tie === 'rows' ? 'rows' : seen[n]!.map((one) => one.tie).reduce(weaker);
        changed ||= tie !== source.tie;
        source.tie = tie;
      }
      if (changed) continue;
      const inner = [...seen.flat(), ...below.map((tree) => this.reader.read(tree, this.level, this.named))];
      return { uses: [...this.uses(), ...inner.flatMap(({ uses }) => uses)], tie: this.tie(), level: this.level };
    }
  }

  private uses(): AccountUse[] {
    return this.level.sources
      .filter(({ key }) => key !== null)
      .map((source) => ({ table: source.table!, act: this.acts.get(source) ?? 'read', tie: source.tie }));
  }

  private tie(): Tie {
    return this.level.sources.map(({ tie }) => tie).reduce(weaker, this.level.sources[0]?.tie ?? 'constant');
  }

  /** As far as the facts reach. */
  private settle(): void {
    for (const source of this.level.sources) if (source.key !== null) source.tie = 'none';
    for (let moved = true; moved;) {
      moved = false;
      for (const { target, from } of this.facts) {
        const tie = tieOf(from);
        const better =
          (target.tie === 'none' && tie !== 'none') || (target.tie === 'rows' && !['none', 'rows'].includes(tie));
        if (!better) continue;
        target.tie = tie;
        moved = true;
      }
    }
  }

  /** Adds what stands in FROM; answers its sources. */
  private add({ kind, fields }: Tree): Source[] {
    if (kind === 'RangeVar') return [this.table(fields)];
    if (kind === 'JoinExpr') return this.join(fields);
    const source: Source = { name: aliasOf(fields) ?? '', key: null, table: null, tie: 'constant' };
    if (kind !== 'RangeSubselect') source.tie = 'rows';
    this.level.sources.push(source);
    this.derived.push({ source, tree: fields });
    return [source];
  }

  private table(fields: Fields): Source {
    const table = fields['relname'] as string;
    const cte = fields['schemaname'] === undefined ? this.named.get(table) : undefined;
    const key = cte === undefined ? (this.tables.get(table) ?? null) : null;
    const source: Source = { name: aliasOf(fields) ?? table, key, table, tie: cte ?? 'rows' };
    this.level.sources.push(source);
    return source;
  }

  private join(fields: Fields): Source[] {
    const left = this.add(treeOf(fields['larg'])!);
    const right = this.add(treeOf(fields['rarg'])!);
    const restricted = restrictedBy(String(fields['jointype']), left, right);
    const facts = [
      ...factsOf(treeOf(fields['quals']), this.level),
      ...wordsOf(fields['usingClause']).flatMap((column) => [
        ...sameColumn(column, left, right),
        ...sameColumn(column, right, left),
      ]),
    ];
    this.facts.push(...facts.filter(({ target }) => restricted.has(target)));
    return [...left, ...right];
  }
}

/** An outer join's condition takes no row away from the side that it keeps. */
function restrictedBy(jointype: string, left: readonly Source[], right: readonly Source[]): ReadonlySet<Source> {
  if (jointype === 'JOIN_INNER') return new Set([...left, ...right]);
  if (jointype === 'JOIN_LEFT') return new Set(right);
  if (jointype === 'JOIN_RIGHT') return new Set(left);
  return new Set();
}

function sameColumn(column: string, one: readonly Source[], other: readonly Source[]): Fact[] {
  const from = other.find(({ key }) => key === column) ?? other.find(({ key }) => key === null);
  if (from === undefined) return [];
  return one.filter(({ key }) => key === column).map((target) => ({ target, from }));
}

function aliasOf(fields: Fields): string | undefined {
  return (fields['alias'] as Fields | undefined)?.['aliasname'] as string | undefined;
}
