-- What changes in what onboarding keeps, revision 3.

-- What somebody said otherwise, before two accounts of theirs came together. ------

ALTER TABLE onboarding_answers ADD COLUMN suggested TEXT; -- a JSON list; NULL if empty
