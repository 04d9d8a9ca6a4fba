-- The audit log can be proved: its entries are numbered and chained by hash per account, in the background, and the
-- ends of the chain are signed. See docs/adr/0015-the-audit-log-is-sealed-in-the-background.md.

-- Entries that are not in the chain yet, noted by the statement that adds them.
CREATE TABLE "audit_unsealed" (
  "account_id" uuid NOT NULL,
  "entry_id" uuid NOT NULL,
  CONSTRAINT "audit_unsealed_pkey" PRIMARY KEY ("account_id", "entry_id")
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- One link of the chain for each sealed entry. A link stays when its entry is gone: that is how it is missed.
CREATE TABLE "audit_links" (
  "account_id" uuid NOT NULL,
  "seq" bigint NOT NULL,
  "entry_id" uuid NOT NULL,
  "entry_hash" bytea NOT NULL,
  "hash" bytea NOT NULL,
  CONSTRAINT "audit_links_pkey" PRIMARY KEY ("account_id", "seq"),
  CONSTRAINT "audit_links_seq_check" CHECK ("seq" >= 1)
);
CREATE UNIQUE INDEX "audit_links_account_id_entry_id_key" ON "audit_links" ("account_id", "entry_id");

-- Whose signatures stand under seals and stubs. A private key is here only where the service made it itself.
CREATE TABLE "audit_signing_keys" (
  "account_id" uuid NOT NULL,
  "id" text NOT NULL,
  "public_key" bytea NOT NULL,
  "private_key" bytea,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "audit_signing_keys_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "audit_signing_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id")
);
CREATE UNIQUE INDEX "audit_signing_keys_own_key" ON "audit_signing_keys" ("account_id") WHERE "private_key" IS NOT NULL;

-- The signed end of each batch of links.
CREATE TABLE "audit_seals" (
  "account_id" uuid NOT NULL,
  "seq" bigint NOT NULL,
  "first_seq" bigint NOT NULL,
  "hash" bytea NOT NULL,
  "oldest_at" timestamptz(3) NOT NULL,
  "newest_at" timestamptz(3) NOT NULL,
  "sealed_at" timestamptz(3) NOT NULL,
  "key_id" text NOT NULL,
  "signature" bytea NOT NULL,
  CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("account_id", "seq"),
  CONSTRAINT "audit_seals_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "audit_seals_account_id_key_id_fkey" FOREIGN KEY ("account_id", "key_id") REFERENCES "audit_signing_keys" ("account_id", "id"),
  CONSTRAINT "audit_seals_seq_check" CHECK ("first_seq" <= "seq")
);

-- What retention leaves of a range of the chain that it has removed, signed.
CREATE TABLE "audit_stubs" (
  "account_id" uuid NOT NULL,
  "first_seq" bigint NOT NULL,
  "last_seq" bigint NOT NULL,
  "previous_hash" bytea NOT NULL,
  "hash" bytea NOT NULL,
  "newest_at" timestamptz(3) NOT NULL,
  "removed_at" timestamptz(3) NOT NULL,
  "key_id" text NOT NULL,
  "signature" bytea NOT NULL,
  CONSTRAINT "audit_stubs_pkey" PRIMARY KEY ("account_id", "first_seq"),
  CONSTRAINT "audit_stubs_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "audit_stubs_account_id_key_id_fkey" FOREIGN KEY ("account_id", "key_id") REFERENCES "audit_signing_keys" ("account_id", "id"),
  CONSTRAINT "audit_stubs_seq_check" CHECK ("first_seq" <= "last_seq")
);

-- Whoever adds an entry queues it. An import brings the links along, and says so for its transaction. The schema is
-- written out, so that a restore with an empty search path finds the table; a setting of the function would cost more.
DO $do$
BEGIN
  EXECUTE format($sql$
    CREATE FUNCTION "queue_audit_entry"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF current_setting('versioner.audit_import', true) IS DISTINCT FROM 'on' THEN
        INSERT INTO %I."audit_unsealed" ("account_id", "entry_id") VALUES (NEW."account_id", NEW."id");
      END IF;
      RETURN NULL;
    END
    $$
  $sql$, current_schema());
END
$do$;

CREATE TRIGGER "audit_log_queue" AFTER INSERT ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "queue_audit_entry"();

CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('versioner.audit_removal', true) IS DISTINCT FROM 'on' OR TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'The audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege', HINT = 'Retention removes sealed ranges; see docs/audit-log.md.';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_links_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_links"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_seals_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_seals"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_stubs_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_stubs"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_signing_keys_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_signing_keys"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_unsealed_append_only" BEFORE UPDATE OR TRUNCATE ON "audit_unsealed"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

-- The only way to remove entries: from the beginning of the chain to the end of a seal, leaving a stub. It runs as the
-- owner of the tables, so that a role which may not delete can apply retention.
CREATE FUNCTION "remove_audit_range"(of_account uuid, upto bigint, at timestamptz, signed_by text, with_signature bytea)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  first bigint;
  removed bigint;
  stub record;
BEGIN
  SELECT coalesce(max(last_seq), 0) + 1 INTO first FROM audit_stubs WHERE account_id = of_account;
  SELECT
      s.hash, s.newest_at,
      coalesce(
        (SELECT t.hash FROM audit_stubs t WHERE t.account_id = of_account AND t.last_seq = first - 1),
        sha256(convert_to('versioner-audit-v1:' || of_account::text, 'UTF8'))) AS previous_hash
    INTO stub FROM audit_seals s WHERE s.account_id = of_account AND s.seq = upto AND s.seq >= first;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'No seal of the audit log ends at %: only whole seals are removed', upto
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('versioner.audit_removal', 'on', true);
  DELETE FROM audit_log a USING audit_links l
    WHERE l.account_id = of_account AND l.seq BETWEEN first AND upto AND a.account_id = of_account AND a.id = l.entry_id;
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM audit_links WHERE account_id = of_account AND seq BETWEEN first AND upto;
  DELETE FROM audit_seals WHERE account_id = of_account AND seq BETWEEN first AND upto;
  PERFORM set_config('versioner.audit_removal', 'off', true);
  INSERT INTO audit_stubs (account_id, first_seq, last_seq, previous_hash, hash, newest_at, removed_at, key_id, signature)
    VALUES (of_account, first, upto, stub.previous_hash, stub.hash, stub.newest_at, at, signed_by, with_signature);
  RETURN removed;
END
$$;

-- What runs as its owner must not find tables by the caller's search path.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION remove_audit_range(uuid, bigint, timestamptz, text, bytea) SET search_path = %I, pg_temp',
    current_schema());
END
$$;
