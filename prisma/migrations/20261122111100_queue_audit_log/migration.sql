-- Entries from before the chain are sealed, too. The trigger has queued what came since; this holds up no event.
INSERT INTO "audit_unsealed" ("account_id", "entry_id")
SELECT a."account_id", a."id" FROM "audit_log" a
WHERE NOT EXISTS (SELECT FROM "audit_links" l WHERE l."account_id" = a."account_id" AND l."entry_id" = a."id")
ON CONFLICT DO NOTHING;
