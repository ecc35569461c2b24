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
