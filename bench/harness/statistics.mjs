/** The value below which that share of the values lies. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Median, minimum and maximum; null where something could not be measured. */
export function spread(values) {
  if (values.some((value) => value === null || value === undefined)) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/**
 * Measures things in turn (A B A B…), so that what else happens on the machine meets all of them alike.
 * `legs`: a name and a function for each; answers the measurements of each, in their order.
 */
export async function inTurn(pairs, legs, tell = () => undefined) {
  const measured = Object.fromEntries(Object.keys(legs).map((name) => [name, []]));
  for (let pair = 1; pair <= pairs; pair++) {
    for (const [name, leg] of Object.entries(legs)) {
      measured[name].push(await leg());
      tell(`${pair}/${pairs} ${name}`, measured[name].at(-1));
    }
  }
  return measured;
}

/** For each metric the spread of both sides and of the ratio of one to the other, pair by pair. */
export function compare(ones, others, metrics) {
  return Object.fromEntries(
    metrics.map((metric) => {
      const one = ones.map((leg) => leg[metric]);
      const other = others.map((leg) => leg[metric]);
      const ratios = one.map((value, i) => (value === null ? null : value / other[i]));
      return [metric, { one: spread(one), other: spread(other), ratio: spread(ratios) }];
    }),
  );
}

/** `median (min…max)`, to two or three digits that matter. */
export function shown(value) {
  if (value === null) return 'not measured';
  const digits = value.median >= 100 ? 0 : value.median >= 10 ? 1 : 2;
  return `${value.median.toFixed(digits)} (${value.min.toFixed(digits)}…${value.max.toFixed(digits)})`;
}

/** Rows of text in columns. */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => [...row[column]].length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => cell + ' '.repeat(widths[i] - [...cell].length));
    console.log(cells.join('   ').trimEnd());
  }
}

/**
 * What `compare` answers, as a table.
 * @param names of the two sides @param words of each metric @param targets of the ratios, by metric
 */
export function printCompared(names, compared, words, targets = {}) {
  console.log('\nmedian (minimum…maximum)');
  printTable([
    ['', ...names, 'ratio', 'to reach'],
    ...Object.entries(words).map(([metric, name]) => {
      const { one, other, ratio } = compared[metric];
      return [name, shown(one), shown(other), metric === 'errors' ? '' : shown(ratio), targets[metric] ?? ''];
    }),
  ]);
}
