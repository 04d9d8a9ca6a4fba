// npm run build [--types]   dist/ from src/, after Prisma's client from prisma/schema.prisma
//
// `npm start` and `npm test` do the same first. Nothing is done where nothing has changed, so that a tree that was
// built once may be started by somebody who may not write to it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (...parts) => join(root, ...parts);
const inModules = (...parts) => inRoot('node_modules', ...parts);

/** Builds what is not up to date. A package that was installed has no sources, and needs no building. */
export async function build() {
  if (!existsSync(inRoot('src')) || isBuilt()) return;
  try {
    await exclusively(async () => {
      if (isBuilt()) return;
      generateClient();
      await compile();
      await copyRedoc();
      writeFileSync(stampFile, fingerprint());
    });
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
    const message = `dist/ is not up to date and may not be written (${error.code}): run "npm run build" as its owner`;
    throw new Error(message, { cause: error });
  }
}

/** As `npm start` and its like need it: a fault is one line, and the end. */
export async function buildOrExit() {
  await build().catch((error) => {
    process.stderr.write(`versioner: the build failed: ${error.message}\n`);
    process.exit(1);
  });
}

const stampFile = inRoot('dist/.stamp');

function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint();
}

/** Changes with every file that is added, removed or written. */
function fingerprint() {
  const sources = listFiles('src').filter((file) => !file.startsWith('src/database/generated/'));
  const files = [...sources, 'prisma/schema.prisma', '.swcrc', 'package.json', 'package-lock.json'];
  const lines = files.map((file) => {
    const { mtimeMs, size } = statSync(inRoot(file));
    return `${file} ${mtimeMs} ${size}`;
  });
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}

function listFiles(folder) {
  const entries = readdirSync(inRoot(folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

/** Generates Prisma's client. The engine that its command line would download is not needed for that: any file will do. */
function generateClient() {
  const schema = readFileSync(inRoot('prisma/schema.prisma'));
  const { version } = JSON.parse(readFileSync(inModules('prisma-cli/package.json'), 'utf8'));
  const stamp = createHash('sha256').update(schema).update(version).digest('hex');
  const file = inRoot('src/database/generated/.stamp');
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return;
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const options = { cwd: root, env, encoding: 'utf8' };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [inModules('prisma-cli/build/index.js'), 'generate'],
    options,
  );
  if (status !== 0) throw new Error(`prisma generate failed:\n${stdout}${stderr}`);
  writeFileSync(file, stamp);
}

/** In place, not from scratch: a service that runs from dist/ may still load a file that it has not needed so far. */
async function compile() {
  const { transformFile } = await import('@swc/core');
  const options = { ...JSON.parse(readFileSync(inRoot('.swcrc'), 'utf8')), swcrc: false };
  const sources = listFiles('src').filter((file) => /(?<!\.spec|\.d)\.ts$/.test(file));
  const outputs = new Set();
  await Promise.all(
    sources.map(async (source) => {
      const output = source.replace(/^src/, 'dist').replace(/\.ts$/, '.js');
      outputs.add(output);
      const { code, map } = await transformFile(inRoot(source), options);
      await mkdir(dirname(inRoot(output)), { recursive: true });
      await Promise.all([replace(inRoot(output), code), replace(inRoot(`${output}.map`), map)]);
    }),
  );
  for (const file of listFiles('dist')) {
    const output = file.replace(/(\.d\.ts|\.js|\.js\.map)$/, '.js');
    if (/\.(js|ts|map)$/.test(file) && !file.startsWith(assets) && !outputs.has(output)) rmSync(inRoot(file));
  }
}

/** Nobody ever reads half a file. */
async function replace(path, content) {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

const assets = 'dist/docs/assets/';

/** The one file of Redoc that /redoc serves, and its licences: the package itself is only needed to build. */
async function copyRedoc() {
  mkdirSync(inRoot(assets), { recursive: true });
  for (const file of ['bundles/redoc.standalone.js', 'bundles/redoc.standalone.js.LICENSE.txt', 'LICENSE']) {
    const name = file === 'LICENSE' ? 'redoc.LICENSE.txt' : file.slice('bundles/'.length);
    await copyFile(inModules('redoc', file), inRoot(assets, name));
  }
}

const abandonedAfterMs = 120_000;

/** Services that are started together from one tree build it once. */
async function exclusively(work) {
  const lock = inRoot('dist/.lock');
  mkdirSync(inRoot('dist'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > abandonedAfterMs) rmSync(lock, { recursive: true, force: true });
    await sleep(100);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** The declarations of `versioner/testing`, for suites written in TypeScript. */
function declareTypes() {
  const { status } = spawnSync(
    process.execPath,
    [inModules('typescript/bin/tsc'), '-p', inRoot('tsconfig.types.json')],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildOrExit();
  if (process.argv.includes('--types')) declareTypes();
}
