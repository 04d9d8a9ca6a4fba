// npm run bench                      every bench, one after the other
// npm run bench -- NAME [--x value]  one of them: its file under bench/, without `.bench.mjs`
// npm run bench -- --list            their names, what they measure and their options
//
// A bench is a file `bench/<name>.bench.mjs` that exports `summary`, `defaults` (its options) and `run(options)`. It
// prints what it measures; what it answers is written to bench/results/<name>.json.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, root } from './build.mjs';

const folder = join(root, 'bench');
const suffix = '.bench.mjs';

const names = readdirSync(folder, { recursive: true })
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length).replaceAll(sep, '/'))
  .toSorted((a, b) => a.localeCompare(b));

const load = (name) => import(pathToFileURL(join(folder, name + suffix)).href);

function fail(message) {
  console.error(message);
  process.exit(1);
}

function readArguments([first, ...rest]) {
  const name = first === undefined || first.startsWith('--') ? null : first;
  if (name !== null && !names.includes(name)) fail(`There is no bench "${name}". There are: ${names.join(', ')}`);
  const words = name === null && first !== undefined ? [first, ...rest] : rest;
  const options = {};
  for (let i = 0; i < words.length; i += 2) {
    if (!words[i].startsWith('--') || words[i + 1] === undefined) fail(`Expected --option value, not "${words[i]}"`);
    options[words[i].slice(2)] = words[i + 1];
  }
  return { chosen: name === null ? names : [name], options };
}

/** Options as the bench declares them: a number where its default is one. */
function optionsOf(name, { defaults = {} }, given) {
  const unknown = Object.keys(given).filter((option) => !(option in defaults));
  if (unknown.length > 0)
    fail(`${name} has no option --${unknown[0]}. It has: ${Object.keys(defaults).join(', ') || 'none'}`);
  const numbers = Object.entries(given).map(([option, value]) => {
    if (typeof defaults[option] !== 'number') return [option, value];
    return Number.isFinite(Number(value))
      ? [option, Number(value)]
      : fail(`--${option} must be a number, not "${value}"`);
  });
  return { ...defaults, ...Object.fromEntries(numbers) };
}

async function list() {
  for (const name of names) {
    const { summary, defaults = {} } = await load(name);
    const options = Object.entries(defaults).map(([option, value]) => ` --${option} ${value}`);
    console.log(`${name}${options.join('')}\n    ${summary}`);
  }
}

async function runOne(name, given) {
  const bench = await load(name);
  const options = optionsOf(name, bench, given);
  console.log(`\n${name}: ${bench.summary}`);
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  const file = join(folder, 'results', `${name}.json`);
  const result = { bench: name, options, machine, ...(await bench.run(options)) };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(result, null, 2) + '\n');
  console.log(`\nWritten to ${file}`);
}

if (process.argv[2] === '--list') await list();
else {
  const { chosen, options } = readArguments(process.argv.slice(2));
  await build();
  for (const name of chosen) {
    await runOne(name, options).catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
  }
}
