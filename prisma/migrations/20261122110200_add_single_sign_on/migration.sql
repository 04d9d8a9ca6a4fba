-- Somebody at an OpenID Connect issuer, as a credential like any other: what they report and change refers to it. It has
-- no secret of its own; the issuer's access tokens prove it.
ALTER TABLE "personal_access_tokens"
  ADD COLUMN "issuer" text,
  ADD COLUMN "subject" text,
  ADD CONSTRAINT "personal_access_tokens_subject_check" CHECK (("issuer" IS NULL) = ("subject" IS NULL)) NOT VALID;
CREATE UNIQUE INDEX "personal_access_tokens_subject_key" ON "personal_access_tokens" ("account_id", "issuer", "subject") WHERE "issuer" IS NOT NULL;
