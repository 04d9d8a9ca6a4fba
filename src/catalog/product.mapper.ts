import { nameKey } from './name-key.js';
import type { ProductDto } from './product.dto.js';

/** A product with every name that it has or had. */
export interface ProductView {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function toProductDto({ id, name, names, createdAt, updatedAt }: ProductView): ProductDto {
  return {
    id,
    name,
    aliases: aliasesOf(name, names),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

/** The names that are not the present one, in alphabetical order. */
export function aliasesOf(name: string, names: readonly string[]): string[] {
  return names.filter((one) => nameKey(one) !== nameKey(name)).sort();
}
