-- Empty: not narrowed. The ids of what was erased stay, or a key would widen. `rotated_from` is the key that this one
-- takes the place of.
ALTER TABLE "api_keys"
  ADD COLUMN "product_ids" uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN "environment_ids" uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN "rotated_from" uuid,
  ADD CONSTRAINT "api_keys_account_id_rotated_from_fkey" FOREIGN KEY ("account_id", "rotated_from") REFERENCES "api_keys" ("account_id", "id") NOT VALID;
-- A key is rotated once: from then on it is its successor that is.
CREATE UNIQUE INDEX "api_keys_account_id_rotated_from_key" ON "api_keys" ("account_id", "rotated_from");
