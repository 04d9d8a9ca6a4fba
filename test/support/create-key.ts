import { Pipeline, type Reply } from './pipeline.js';
import type { TestBed } from './use-versioner.js';

export interface MadeKey {
  readonly id: string;
  readonly secret: string;
  /** Who sends with it. */
  readonly pipeline: Pipeline;
}

/** An API key that an admin makes; `fields` is what it can be made with besides, such as `products`. */
export async function createKey(bed: TestBed, fields: Readonly<Record<string, unknown>> = {}): Promise<MadeKey> {
  return madeKey(bed, await bed.admin.post('/api-keys/', { name: 'key', ...fields }));
}

/** The key that an answer shows. */
export function madeKey(bed: TestBed, { status, body }: Reply): MadeKey {
  if (status !== 201) throw new Error(`No key was made: ${status} ${JSON.stringify(body)}`);
  const { id, key } = body as { id: string; key: string };
  return { id, secret: key, pipeline: new Pipeline(bed.versioner.url, key) };
}
