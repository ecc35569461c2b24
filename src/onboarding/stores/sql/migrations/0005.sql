-- What changes in what onboarding keeps, revision 5.

-- An address may be confirmed by implication: 2, between stated and verified. ------

UPDATE onboarding_identities SET email_trust = email_trust + 1 WHERE email_trust >= 2;
