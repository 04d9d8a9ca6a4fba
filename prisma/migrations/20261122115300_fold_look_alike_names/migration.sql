-- Names that look alike are one name from now on: compatible letters (NFKC) are folded, and what nobody sees is left out,
-- as `nameKey` does. Keys are in lower case already. Where two names would become one, both keep the key that they have:
-- events find the plain one from then on, and the other is found by its id.
CREATE FUNCTION pg_temp.fold(k text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(nullif(btrim(normalize(lower(normalize(regexp_replace(normalize(k, NFKC),
    '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
    '', 'g'), NFKC)), NFKC)), ''), k)
$$;

UPDATE "product_names" n SET "name_key" = f.folded
FROM (SELECT "account_id", "name_key", pg_temp.fold("name_key") AS folded,
        count(*) OVER (PARTITION BY "account_id", pg_temp.fold("name_key")) AS alike FROM "product_names") f
WHERE n."account_id" = f."account_id" AND n."name_key" = f."name_key" AND f.folded <> f."name_key" AND f.alike = 1;

UPDATE "environment_names" n SET "name_key" = f.folded
FROM (SELECT "account_id", "name_key", pg_temp.fold("name_key") AS folded,
        count(*) OVER (PARTITION BY "account_id", pg_temp.fold("name_key")) AS alike FROM "environment_names") f
WHERE n."account_id" = f."account_id" AND n."name_key" = f."name_key" AND f.folded <> f."name_key" AND f.alike = 1;

UPDATE "deployment_rules" n SET "name_key" = f.folded
FROM (SELECT "account_id", "id", "name_key", pg_temp.fold("name_key") AS folded,
        count(*) OVER (PARTITION BY "account_id", pg_temp.fold("name_key")) AS alike
      FROM "deployment_rules" WHERE "deleted_at" IS NULL) f
WHERE n."account_id" = f."account_id" AND n."id" = f."id" AND f.folded <> f."name_key" AND f.alike = 1;

-- What rules name is looked up as events are.
UPDATE "deployment_rules" SET
  "product_keys" = ARRAY(SELECT pg_temp.fold(k) FROM unnest("product_keys") WITH ORDINALITY AS u (k, n) ORDER BY n),
  "environment_keys" = ARRAY(SELECT pg_temp.fold(k) FROM unnest("environment_keys") WITH ORDINALITY AS u (k, n) ORDER BY n)
WHERE EXISTS (SELECT FROM unnest("product_keys" || "environment_keys") AS k WHERE pg_temp.fold(k) <> k);

UPDATE "accounts" SET "policy_revision" = "policy_revision" + 1, "rules_revision" = "rules_revision" + 1;

DROP FUNCTION pg_temp.fold(text);
