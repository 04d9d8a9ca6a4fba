/**
 * The statements of an SQL file: without comments, with texts and bodies of functions emptied, in one line each. What a
 * `DO` block does at once is among them; what it builds as text and executes is not.
 */
export function statementsOf(sql: string): string[] {
  const blocks: string[] = [];
  const plain = sql
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/--[^\n]*/g, ' ')
    .replace(/(\bDO\s+)?\$(\w*)\$([\s\S]*?)\$\2\$/gi, (_, isBlock: string | undefined, _tag, body: string) => {
      if (isBlock !== undefined) blocks.push(body.replace(/\b(BEGIN|END|THEN|ELSE|LOOP)\b/gi, ';'));
      return `${isBlock ?? ''}''`;
    })
    .replace(/E?'(?:[^']|'')*'/g, "''");
  const own = plain
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '');
  return [...own, ...blocks.flatMap(statementsOf)];
}

/** The parts of a list, such as the actions of an `ALTER TABLE`, at the commas that stand in no brackets. */
export function partsOf(list: string): string[] {
  let depth = 0;
  const parts = [''];
  for (const letter of list) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}
