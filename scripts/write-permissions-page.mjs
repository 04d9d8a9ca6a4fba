import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, root } from './build.mjs';

/* Writes docs/permissions.md from src/auth/permissions.ts. */

await build();
const { permissionsPage } = await import('../dist/auth/permissions-page.js');
writeFileSync(join(root, 'docs/permissions.md'), permissionsPage());
