// npm run admin -- COMMAND   for the operator; without a command: what there is
import { buildOrExit } from './build.mjs';

await buildOrExit();
await import('../dist/admin/main.js');
