-- What changes in what onboarding keeps, revision 3.

-- What somebody said otherwise, before two accounts of theirs came together. ------

ALTER TABLE onboarding_answers ADD COLUMN suggested TEXT; -- a JSON list; NULL if empty

-- An event that is recorded with a key is there once, however often it is said. ---

ALTER TABLE onboarding_events ADD COLUMN once TEXT; -- of its kind and key: 20 letters

CREATE UNIQUE INDEX onboarding_events_once
  ON onboarding_events (account_id, once) WHERE once IS NOT NULL;
