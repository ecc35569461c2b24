-- What changes in what onboarding keeps, revision 3.

-- What somebody said otherwise, before two accounts of theirs came together. ------

ALTER TABLE onboarding_answers ADD COLUMN suggested TEXT; -- a JSON list; NULL if empty

-- An event that is recorded with a key is there once, however often it is said. ---

ALTER TABLE onboarding_events ADD COLUMN once TEXT; -- of its kind and key: 20 letters

CREATE UNIQUE INDEX onboarding_events_once
  ON onboarding_events (account_id, once) WHERE once IS NOT NULL;

-- The log by time: a funnel over the last day reads that day, and not all there was.
-- Without the name of the event, which would make it half as large again. -----------

CREATE INDEX onboarding_events_at ON onboarding_events (at);

-- Accounts that were merged or erased, under which a host may still write rows: a purge
-- looks for these. Lapsed guests are many more, and not among them. ------------------

CREATE INDEX onboarding_accounts_tombstones
  ON onboarding_accounts (id) WHERE ending IN ('merged', 'erased');

-- A code that came by mail may be guessed a few times only. -----------------------

ALTER TABLE onboarding_intents ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

-- Letters that wait to be sent: written by the commit of what they tell of. -------

CREATE TABLE onboarding_letters (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  typed TEXT NOT NULL,
  account_id TEXT,
  locale TEXT NOT NULL,
  data TEXT NOT NULL, -- a JSON object
  due_at BIGINT NOT NULL,
  until BIGINT NOT NULL,
  tries INTEGER NOT NULL
);

CREATE INDEX onboarding_letters_due ON onboarding_letters (due_at);

CREATE INDEX onboarding_letters_account
  ON onboarding_letters (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX onboarding_letters_address ON onboarding_letters (address);

-- In which language somebody is written to, and which letters they want no more. --

ALTER TABLE onboarding_accounts ADD COLUMN locale TEXT;

CREATE TABLE onboarding_mail_stops (
  address TEXT NOT NULL,
  kind TEXT NOT NULL,
  stopped_at BIGINT NOT NULL,
  PRIMARY KEY (address, kind)
) /* sqlite: WITHOUT ROWID */;

-- Whoever may use our tables, and does not own them, may use the new ones as well. --

/* postgresql:
DO $$
DECLARE given record;
BEGIN
  FOR given IN
    SELECT DISTINCT acl.privilege_type AS act, acl.grantee AS role, made.name
    FROM pg_class, aclexplode(pg_class.relacl) AS acl,
      (VALUES ('onboarding_letters'), ('onboarding_mail_stops')) AS made (name)
    WHERE pg_class.oid = CAST('onboarding_accounts' AS regclass)
      AND acl.grantee <> pg_class.relowner
  LOOP
    EXECUTE 'GRANT ' || given.act || ' ON ' || given.name || ' TO '
      || CASE given.role WHEN 0 THEN 'PUBLIC'
         ELSE CAST(CAST(given.role AS regrole) AS text) END;
  END LOOP;
END $$;
*/
