-- What changes in what onboarding keeps, revision 4.

-- Lapsed guests are tombstones, too: what a host writes under one later goes as the rest
-- of theirs went, and a purge looks for it. -------------------------------------------

DROP INDEX onboarding_accounts_tombstones;

CREATE INDEX onboarding_accounts_ended
  ON onboarding_accounts (id) WHERE ending IS NOT NULL;
