import { Eraser } from '../catalog/erase/eraser.service.js';
import type { CatalogKind } from '../catalog/catalog-names.repository.js';
import type { ErasedRows } from '../catalog/erase/eraser.repository.js';
import type { Env } from '../config/env.js';
import { type CommandInput, requireOperand, textOption } from './command.js';
import { withServices } from './open-services.js';

/** Erases one product or environment; its progress goes to standard error. Answers what to show. */
export async function erase(kind: CatalogKind, input: CommandInput, env: Env): Promise<string> {
  const request = {
    kind,
    account: textOption(input, 'account') ?? env.account,
    name: requireOperand(input, 0, 'The name', `${kind} erase NAME --confirm NAME`),
    confirm: textOption(input, 'confirm'),
  };
  const rows = await withServices(env, async (services) =>
    services.get(Eraser, { strict: false }).erase(request, (soFar) => {
      process.stderr.write(`erased so far: ${describe(soFar)}\n`);
    }),
  );
  return `Erased the ${kind} "${request.confirm}": ${describe(rows)}.\n`;
}

function describe(rows: ErasedRows): string {
  const parts = Object.entries(rows).map(([table, count]) => `${count} ${table.replaceAll('_', ' ')}`);
  return parts.length === 0 ? 'nothing but its name' : parts.join(', ');
}
