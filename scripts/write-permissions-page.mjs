import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, root } from './build.mjs';

/* Writes docs/permissions.md from src/auth/permissions.ts and the routes. */

await build();
await import('reflect-metadata');
const { writePermissionsPage } = await import('../dist/docs/write-permissions-page.js');
writeFileSync(join(root, 'docs/permissions.md'), await writePermissionsPage());
process.exit(0);
