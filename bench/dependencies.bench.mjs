import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printTable } from './harness/statistics.mjs';

export const summary =
  'how many packages production needs, their known vulnerabilities, and those without a release in two years';
/**
 * `ages`: how many packages the registry is asked about, one by one, the direct ones first; 0 asks about none. `audit`:
 * yes asks the registry for known vulnerabilities.
 */
export const defaults = { ages: 0, audit: 'yes' };

const root = fileURLToPath(new URL('../', import.meta.url));
const targetCount = 250;
const twoYearsMs = 2 * 365.25 * 24 * 3_600_000;

export async function run({ ages, audit }) {
  // The first line is this package.
  const list = npm(['ls', '--omit=dev', '--all', '--parseable', '--package-lock-only']).trim().split('\n');
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
  const direct = Object.keys({ ...dependencies, ...optionalDependencies });
  const names = [...new Set([...direct, ...list.slice(1).map(nameOf)])];
  const vulnerabilities = audit === 'yes' ? audited() : 'not asked';
  const asked = names.slice(0, ages).map((name) => ({ name, latest: latestRelease(name) }));
  const old = asked.filter(({ latest }) => latest !== null && Date.now() - Date.parse(latest) > twoYearsMs);
  printTable([
    ['', 'measured', 'to reach'],
    ['packages of production', String(list.length), `≤ ${targetCount}`],
    ['direct ones among them', String(direct.length), ''],
    ['known vulnerabilities', String(vulnerabilities), '0'],
    ['asked for their latest release', `${asked.length} of ${names.length}`, ''],
    ['of those without one in two years', String(old.length), 'docs/adr/0020'],
  ]);
  for (const { name, latest } of old) console.log(`  ${name}: ${latest.slice(0, 10)}`);
  return { packages: list.length, direct, vulnerabilities, asked, old };
}

/** Of a folder in node_modules, with the scope. */
function nameOf(path) {
  return path.split('/node_modules/').at(-1);
}

/** Not every registry answers this. */
function audited() {
  try {
    const { metadata } = JSON.parse(npm(['audit', '--omit=dev', '--json']));
    return metadata === undefined ? 'the registry does not say' : metadata.vulnerabilities.total;
  } catch {
    return 'the registry does not say';
  }
}

/** ISO 8601; null where the registry does not say. */
function latestRelease(name) {
  try {
    const { created: _, modified: __, ...releases } = JSON.parse(npm(['view', name, 'time', '--json']));
    return Object.values(releases).reduce((latest, at) => (at > latest ? at : latest), '') || null;
  } catch {
    return null;
  }
}

/** What it prints, also where it ends with a fault: an audit that finds something does. */
function npm(args) {
  try {
    return execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    if (typeof error.stdout === 'string' && error.stdout !== '') return error.stdout;
    throw error;
  }
}
