-- Whoever signs on without a verified e-mail has none: an address is taken only by somebody who is known to hold it.
ALTER TABLE "users"
  DROP CONSTRAINT "users_email_check",
  ADD CONSTRAINT "users_email_check" CHECK ("kind" = 'person' OR "email_key" IS NULL) NOT VALID;

-- When the issuer made the token whose groups somebody's roles were last taken from: an older token changes nothing.
ALTER TABLE "personal_access_tokens" ADD COLUMN "claims_issued_at" timestamptz(3);
