-- What changes in what onboarding keeps, revision 2.
--
-- As in revision 1, a comment of the form "sqlite: ..." is taken out of its comment for
-- SQLite; one of the form "postgresql: ..." for PostgreSQL.

-- A session has one kind of carrier, and an address one kind of proof. ------------

/* postgresql:
ALTER TABLE onboarding_sessions DROP COLUMN carrier;
*/

/* sqlite:
CREATE TABLE onboarding_sessions_waiting AS SELECT * FROM onboarding_sessions;

DROP TABLE onboarding_sessions;

CREATE TABLE onboarding_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL, -- base64url of SHA-256
  epoch INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  seen_after BIGINT NOT NULL -- from created_at to the last use: 0 until it is used
) WITHOUT ROWID;

INSERT INTO onboarding_sessions
  (id, account_id, secret_hash, epoch, created_at, seen_after)
SELECT id, account_id, secret_hash, epoch, created_at, seen_after
FROM onboarding_sessions_waiting;

DROP TABLE onboarding_sessions_waiting;

CREATE INDEX onboarding_sessions_account ON onboarding_sessions (account_id);
*/

UPDATE onboarding_contacts SET level = 0 WHERE level = 1; -- asserted; 2 is proven

-- An intent may be about an address, and goes with whoever proved it. -------------

ALTER TABLE onboarding_intents ADD COLUMN address TEXT;

CREATE INDEX onboarding_intents_account
  ON onboarding_intents (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX onboarding_intents_address
  ON onboarding_intents (address) WHERE address IS NOT NULL;

-- What an event is about and worth, which its data says in JSON that no portable SQL
-- can read. No index: whoever asks by them reads a period of the log, and each index
-- would cost every event. Rows of before get theirs by: onboarding db backfill ------

ALTER TABLE onboarding_events ADD COLUMN about TEXT;

ALTER TABLE onboarding_events ADD COLUMN worth BIGINT; -- the smallest unit: cents
