/** The fields of one node of PostgreSQL's own syntax tree, as `libpg-query` gives it. */
export type Fields = Readonly<Record<string, unknown>>;

/** A node with its kind: `{ "ColumnRef": { … } }`. */
export interface Tree {
  readonly kind: string;
  readonly fields: Fields;
}

/** What a node is, null where there is none. */
export function treeOf(node: unknown): Tree | null {
  if (typeof node !== 'object' || node === null) return null;
  const [entry] = Object.entries(node);
  return entry === undefined ? null : { kind: entry[0], fields: entry[1] as Fields };
}

export function listOf(nodes: unknown): Tree[] {
  return Array.isArray(nodes) ? nodes.map(treeOf).filter((tree) => tree !== null) : [];
}

/** The words of a name: of an operator, a column, a function. */
export function wordsOf(nodes: unknown): string[] {
  return listOf(nodes).map(({ kind, fields }) => (kind === 'String' ? (fields['sval'] as string) : '*'));
}

/** Without the casts around it. */
export function uncast(tree: Tree | null): Tree | null {
  return tree?.kind === 'TypeCast' ? uncast(treeOf(tree.fields['arg'])) : tree;
}

/** The elements of `(a, b)`, or the one expression that it is. */
export function elementsOf(tree: Tree | null): (Tree | null)[] {
  return tree?.kind === 'RowExpr' ? listOf(tree.fields['args']) : [tree];
}

/** Whether any node of these kinds is somewhere below. */
export function holds(node: unknown, kinds: ReadonlySet<string>): boolean {
  if (Array.isArray(node)) return node.some((one) => holds(one, kinds));
  if (typeof node !== 'object' || node === null) return false;
  return Object.entries(node).some(([key, value]) => kinds.has(key) || holds(value, kinds));
}

const queries = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt']);

/** The queries that stand somewhere below, not those inside them. */
export function queriesIn(node: unknown): Tree[] {
  if (Array.isArray(node)) return node.flatMap(queriesIn);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([kind, fields]) =>
    queries.has(kind) ? [{ kind, fields: fields as Fields }] : queriesIn(fields),
  );
}
