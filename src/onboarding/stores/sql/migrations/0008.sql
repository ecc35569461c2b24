-- What changes in what onboarding keeps, revision 8.

-- An answer says what it was given for, and to which version of its question. Those of
-- before were given to the first one, and for what the question is for today. ----------

ALTER TABLE onboarding_answers ADD COLUMN purpose TEXT;

ALTER TABLE onboarding_answers ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

ALTER TABLE onboarding_answers ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0; -- 0, 1
