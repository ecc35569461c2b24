-- Everything that onboarding keeps, revision 1.
--
-- One text for SQLite and PostgreSQL. A comment of the form "sqlite: ..." is taken
-- out of its comment for SQLite; nothing else differs. Names begin with the default
-- prefix, which is replaced by the one that is configured. BIGINT instants are
-- microseconds since 1970 in UTC; booleans are 0 and 1; ids are 20 characters.

CREATE TABLE onboarding_revision (
  number INTEGER NOT NULL PRIMARY KEY
);

-- Who someone is. --------------------------------------------------------------

CREATE TABLE onboarding_accounts (
  id TEXT NOT NULL PRIMARY KEY,
  kind INTEGER NOT NULL, -- 0 guest, 1 registered
  epoch INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  ending TEXT, -- 'merged', 'expired', 'erased'; NULL while it lives
  merged_into TEXT,
  ref TEXT
) /* sqlite: WITHOUT ROWID */;

CREATE UNIQUE INDEX onboarding_accounts_ref
  ON onboarding_accounts (ref) WHERE ref IS NOT NULL;

CREATE INDEX onboarding_accounts_merged
  ON onboarding_accounts (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE onboarding_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL, -- base64url of SHA-256
  epoch INTEGER NOT NULL,
  carrier INTEGER NOT NULL, -- 0 cookie, 1 bearer
  created_at BIGINT NOT NULL,
  seen_after BIGINT NOT NULL -- from created_at to the last use: 0 until it is used
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX onboarding_sessions_account ON onboarding_sessions (account_id);

CREATE TABLE onboarding_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  email TEXT,
  email_trust INTEGER NOT NULL, -- 0 none, 1 stated, 2 verified, 3 authoritative
  name TEXT,
  linked_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX onboarding_identities_account ON onboarding_identities (account_id);

CREATE TABLE onboarding_contacts (
  account_id TEXT NOT NULL,
  address TEXT NOT NULL,
  typed TEXT NOT NULL,
  level INTEGER NOT NULL, -- 0 asserted, 1 deliverable, 2 proven
  given_at BIGINT NOT NULL,
  proven_by TEXT,
  proven_at BIGINT,
  PRIMARY KEY (account_id, address)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE onboarding_proven_addresses (
  address TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX onboarding_proven_addresses_account
  ON onboarding_proven_addresses (account_id);

CREATE TABLE onboarding_intents (
  id TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  account_id TEXT,
  data TEXT NOT NULL, -- a JSON object
  next TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX onboarding_intents_expiry ON onboarding_intents (expires_at);

CREATE TABLE onboarding_receipts (
  source TEXT NOT NULL PRIMARY KEY,
  target TEXT NOT NULL,
  at BIGINT NOT NULL,
  moved TEXT NOT NULL -- a JSON object
);

CREATE INDEX onboarding_receipts_target ON onboarding_receipts (target);

-- What they were asked, and said. ----------------------------------------------

CREATE TABLE onboarding_attention (
  account_id TEXT NOT NULL,
  item TEXT NOT NULL,
  act TEXT NOT NULL, -- 'shown', 'answered', 'snoozed', 'declined', 'dismissed'
  visit TEXT NOT NULL,
  at BIGINT NOT NULL,
  hard INTEGER NOT NULL, -- a boolean
  PRIMARY KEY (account_id, item, act, visit)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE onboarding_answers (
  account_id TEXT NOT NULL,
  question TEXT NOT NULL,
  reply TEXT NOT NULL, -- 'value' or 'declined'
  value TEXT NOT NULL, -- JSON
  source INTEGER NOT NULL, -- 1 provider, 2 guest, 3 person
  via TEXT,
  feature TEXT,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, question)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE onboarding_responses (
  account_id TEXT NOT NULL,
  id TEXT NOT NULL,
  prompt TEXT NOT NULL,
  score INTEGER,
  text TEXT NOT NULL,
  given_at BIGINT NOT NULL,
  reply TEXT,
  replied_by TEXT,
  replied_at BIGINT,
  seen_at BIGINT,
  PRIMARY KEY (account_id, id)
);

CREATE INDEX onboarding_responses_prompt ON onboarding_responses (prompt, given_at);

CREATE INDEX onboarding_responses_open
  ON onboarding_responses (given_at) WHERE replied_at IS NULL;

-- What happened, and what of it still has to be told. --------------------------

CREATE TABLE onboarding_events (
  account_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at BIGINT NOT NULL,
  day INTEGER NOT NULL, -- whole days since 1970
  name TEXT NOT NULL,
  data TEXT, -- a JSON object; NULL when the event has no fields
  PRIMARY KEY (account_id, id)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE onboarding_deliveries (
  account_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  tries INTEGER NOT NULL,
  taken TEXT NOT NULL, -- names of sinks that have it, separated by spaces
  PRIMARY KEY (account_id, event_id)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX onboarding_deliveries_due ON onboarding_deliveries (due_at);
