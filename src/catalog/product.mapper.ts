import { aliasesOf, type CatalogName, type NameChanges } from './catalog-names.js';
import type { ProductDto } from './product.dto.js';

/** A product with every name that it has or had. */
export interface ProductView {
  readonly id: string;
  readonly name: string;
  readonly names: readonly CatalogName[];
  readonly description: string | null;
  readonly type: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Null: it is not. */
  readonly archivedAt: Date | null;
}

/** A product that somebody makes. */
export interface ProductInput {
  readonly name: string;
  readonly description?: string | null;
  readonly type?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What may be changed of a product; absent: unchanged, null: cleared. */
export interface ProductChanges extends NameChanges, Partial<ProductInput> {
  readonly name?: string;
  readonly archived?: boolean;
}

export function toProductDto(product: ProductView): ProductDto {
  const { id, name, description, type, metadata, createdAt, updatedAt, archivedAt } = product;
  return {
    id,
    name,
    aliases: aliasesOf(product),
    description,
    type,
    metadata,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    archived_at: archivedAt?.toISOString() ?? null,
  };
}
