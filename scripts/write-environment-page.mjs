import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOrExit, root } from './build.mjs';

/* Writes the list of variables in docs/operations.md, and .env.example, from src/config/variables.ts. */

await buildOrExit();
const { envExample, withVariablesTable } = await import('../dist/config/describe-variables.js');
const page = join(root, 'docs/operations.md');
writeFileSync(page, withVariablesTable(readFileSync(page, 'utf8')));
writeFileSync(join(root, '.env.example'), envExample());
