// npm test [-- jest's arguments]   unit tests and tests over HTTP, on a PostgreSQL that it starts itself
// npm run test:full                the same, with the long properties and races at full length
// npm run test:workers             the same, with two workers or replicas wherever a test starts a service
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildOrExit, root } from './build.mjs';

const given = process.argv.slice(2);
const modes = { '--full': { VERSIONER_TEST_FULL: '1' }, '--workers': { VERSIONER_TEST_WORKERS: '2' } };
const env = Object.assign({}, process.env, ...given.map((argument) => modes[argument]));
await buildOrExit();
const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...given.filter((argument) => !(argument in modes)),
  ],
  { cwd: root, stdio: 'inherit', env },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
