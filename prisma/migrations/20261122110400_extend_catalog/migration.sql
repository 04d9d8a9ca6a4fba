-- An archived product or environment is hidden from lists and the matrix; what happened to it stays.
ALTER TABLE "products"
  ADD COLUMN "description" text,
  ADD COLUMN "type" text,
  ADD COLUMN "metadata" jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN "archived_at" timestamptz(3);
ALTER TABLE "environments"
  ADD COLUMN "description" text,
  ADD COLUMN "metadata" jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN "archived_at" timestamptz(3);

-- Every list asks which are hidden: few, and mostly none.
CREATE INDEX "products_archived_idx" ON "products" ("account_id", "id") WHERE "archived_at" IS NOT NULL;
CREATE INDEX "environments_archived_idx" ON "environments" ("account_id", "id") WHERE "archived_at" IS NOT NULL;
