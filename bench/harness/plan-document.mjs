import { kindsOf, pagesOf, shapeOf, trimmed } from './plan-log.mjs';

/** The page of docs/ about plans: one of each shape, and by name those that read no table that grows. */
export function documentOf(statements, { rows, largeTables, large }) {
  const grows = ({ plan }) =>
    plan.some((line) => [...line.matchAll(/ on (\w+)/g)].some(([, table]) => largeTables.has(table)));
  const shapes = new Map();
  for (const one of statements.filter(grows)) {
    const shape = shapeOf(one);
    const known = shapes.get(shape);
    if (known === undefined) shapes.set(shape, { ...one, also: [] });
    else if (one.of !== known.of && !known.also.includes(one.of)) known.also.push(one.of);
  }
  const others = [...new Set(statements.filter((one) => !grows(one)).map((one) => one.of))];
  return `# Plans

What PostgreSQL does for the statements of events, checks, the matrix and lists, on a database with
${rows.toLocaleString('en')} deployments, as logged by \`auto_explain\` while the service ran them with the parameters that it sends.
\`npm run bench -- plans --rows ${rows} --document docs/performance-plans.md\` writes this page, and fails where a statement reads a
table of more than ${large.toLocaleString('en')} rows from one end to the other. Estimates are left out, and long lines are cut; pages have 8 KiB.

${[...shapes.values()].map(partOf).join('\n')}
## Statements that read no large table

${others.map((of) => `- ${of}`).join('\n')}
`;
}

function partOf(one) {
  const kinds = kindsOf(one);
  const notes = [
    `${pagesOf(one).toLocaleString('en')} pages.`,
    ...(kinds === '' ? [] : [`Parameters: ${kinds}.`]),
    ...(one.also.length === 0 ? [] : [`The same plan: ${one.also.join('; ')}.`]),
  ];
  return `## ${one.of}\n\n${notes.join(' ')}\n\n\`\`\`text\n${trimmed(one).join('\n')}\n\`\`\`\n`;
}
