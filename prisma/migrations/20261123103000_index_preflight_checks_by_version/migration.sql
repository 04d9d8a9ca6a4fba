-- With the id, so that the list of a version finds its page without reading all the checks of a thousand products.
CREATE INDEX CONCURRENTLY "preflight_checks_version_idx" ON "preflight_checks" ("account_id", "version_id", "environment_id", "checked_at" DESC) INCLUDE ("id");
