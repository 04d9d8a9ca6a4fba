import pg from 'pg';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
/** Shown in whole seconds: which event set them cannot be told. */
const coarse = new Set(['conflicting_deployment_started', 'retry_after']);
/** When a row came to be, in the order in which its table might call it. */
const birthColumns = ['received_at', 'checked_at', 'at', 'created_at', 'valid_from', 'updated_at'];
/** The service's own business, and what it writes once in a while rather than with an event. */
const ignored = new Set([
  '_prisma_migrations',
  // The sealer's, which runs once a second.
  'audit_unsealed',
  'audit_links',
  'audit_seals',
  'audit_signing_keys',
]);
const ignoredColumns = new Set(['last_used_at', 'request_id']);

/**
 * Everything in a database, table by table, and the answers, with ids and times replaced by what they stand for: an id
 * by the row that it names, a time by its place among all times. So two records are equal if and only if they say the
 * same about the same things in the same order.
 */
export async function readRecord(databaseUrl, answers) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
    );
    const tables = {};
    for (const { name } of rows) if (!ignored.has(name)) tables[name] = await readTable(client, name);
    const labels = labelIds(tables);
    const places = placeTimes({ answers, ...tables });
    return mapTexts({ answers, ...tables }, (text, key) => {
      if (time.test(text)) return coarse.has(key) ? '<second>' : `<time ${places.get(Date.parse(text))}>`;
      return text.replaceAll(uuid, (id) => `<${labels.get(id) ?? 'an id of no row'}>`);
    });
  } finally {
    await client.end();
  }
}

async function readTable(client, name) {
  const { rows } = await client.query(`SELECT to_jsonb(t) AS row FROM "${name}" t`);
  return rows
    .map(({ row }) => Object.fromEntries(Object.entries(row).filter(([column]) => !ignoredColumns.has(column))))
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** The order of birth; rows born together by what they hold, apart from ids and times. */
function sortKey(row) {
  const column = birthColumns.find((name) => name in row);
  const rest = mapTexts(row, (text) => (time.test(text) ? '' : text.replaceAll(uuid, '')));
  return `${column === undefined ? '' : Date.parse(row[column])} ${JSON.stringify(rest)}`;
}

function labelIds(tables) {
  return new Map(
    Object.entries(tables).flatMap(([name, rows]) =>
      rows.flatMap(({ id }, i) => (id === undefined ? [] : [[id, `${name} ${i + 1}`]])),
    ),
  );
}

function placeTimes(everything) {
  const times = new Set();
  mapTexts(everything, (text, key) => {
    if (time.test(text) && !coarse.has(key)) times.add(Date.parse(text));
    return text;
  });
  return new Map([...times].toSorted((a, b) => a - b).map((value, i) => [value, i + 1]));
}

/** The same value with every text in it replaced; `key` is the property under which the text stands. */
function mapTexts(value, replace, key = '') {
  if (typeof value === 'string') return replace(value, key);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, replace, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, replace, name)]));
}
