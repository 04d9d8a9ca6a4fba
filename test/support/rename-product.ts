import type { Pipeline } from './pipeline.js';

/** A product with another name; the one that it had stays an alias. */
export async function renameProduct(admin: Pipeline, id: string, name: string): Promise<void> {
  const { status } = await admin.patch(`/products/${id}`, { name });
  if (status !== 200) throw new Error(`The product was not renamed: ${status}`);
}
