import { readFileSync, statSync } from 'node:fs';

/** What a server must be started with so that its log holds the plan of everything that it runs. */
export const planSettings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
};

/** Where the log ends now. */
export function endOf(logFile) {
  return statSync(logFile).size;
}

/** The statements that were logged since, as `{text, parameters, plan, ms}`. */
export function plansSince(logFile, offset) {
  const log = readFileSync(logFile).subarray(offset).toString();
  return [...log.matchAll(/LOG: +duration: ([\d.]+) ms +plan:\n((?:\t.*\n)+)/g)].map(([, ms, body]) => {
    const lines = body.replaceAll(/^\t/gm, '').trimEnd().split('\n');
    const planAt = lines.findIndex((line) => / {2}\(cost=/.test(line));
    const parametersAt = lines.findIndex((line) => line.startsWith('Query Parameters: '));
    const text = lines
      .slice(0, parametersAt < 0 ? planAt : parametersAt)
      .join('\n')
      .replace('Query Text: ', '');
    return { text, parameters: lines[parametersAt] ?? '', plan: lines.slice(planAt), ms: Number(ms) };
  });
}

/** Tables that a plan reads from one end to the other. */
export function scannedTables({ plan }) {
  return plan.flatMap((line) => [...line.matchAll(/Seq Scan on (\w+)/g)].map(([, table]) => table));
}

/** Pages that the whole statement touched. */
export function pagesOf({ plan }) {
  const line = plan.find((one) => one.trim().startsWith('Buffers: shared')) ?? '';
  return [...line.matchAll(/(?:hit|read)=(\d+)/g)].reduce((sum, [, pages]) => sum + Number(pages), 0);
}

const longest = 150;
const left =
  /^ *(Planning|Settings|Query Identifier|Memory|Storage|WAL|Worker|Cache |Batches|Buckets|Hits|I\/O|Heap Fetches|Index Searches|Sort Method|Group Key|Peak)/;

/** As it is fit to be read: without estimates, long lines cut off. */
export function trimmed({ plan }) {
  return (
    plan
      .filter((line) => !left.test(line) && !line.trim().startsWith('Buffers:'))
      .map((line) => line.replace(/ {2}\(cost=[^)]*\)/, '').trimEnd())
      .map((line) => line.replaceAll(/(rows=\d+)\.00/g, '$1').replaceAll(/'[0-9a-f-]{36}'::uuid/g, '…'))
      // Six columns for each level of the tree would be most of the page.
      .map((line) => line.replace(/^ +/, (indent) => ' '.repeat(indent.length / 3)))
      .map((line) => (line.length > longest ? `${line.slice(0, longest - 1)}…` : line))
  );
}

/** What makes a plan another one: its nodes and conditions, not its numbers. */
export function shapeOf({ plan }) {
  return plan
    .filter((line) => line.includes('->') || line.includes('Scan'))
    .map((line) => line.replace(/ {2}\(.*/, '').replaceAll(/_\d+\b/g, ''))
    .join('\n');
}

/** The types of the parameters, as the statement casts them. */
export function kindsOf({ text }) {
  const kinds = new Map([...text.matchAll(/\$(\d+)::(\w+(?:\[\])?)/g)].map(([, n, type]) => [Number(n), type]));
  return [...kinds]
    .toSorted(([a], [b]) => a - b)
    .map(([n, type]) => `$${n} ${type}`)
    .join(', ');
}
