-- What changes in what onboarding keeps, revision 9.

-- What a provider, or the application, says of a person, until they say whether it is
-- right. --------------------------------------------------------------------------------

CREATE TABLE onboarding_proposals (
  account_id TEXT NOT NULL,
  question TEXT NOT NULL,
  digest TEXT NOT NULL, -- of the value, by a key of the application
  value TEXT NOT NULL, -- JSON; null once it is closed
  provider TEXT,
  issuer TEXT,
  because TEXT,
  is_verified INTEGER NOT NULL,
  proposed_at BIGINT NOT NULL,
  is_open INTEGER NOT NULL,
  PRIMARY KEY (account_id, question, digest)
) /* sqlite: WITHOUT ROWID */;

ALTER TABLE onboarding_answers ADD COLUMN because TEXT; -- NULL unless so proposed

-- Whoever may use our tables, and does not own them, may use the new one as well. ------

/* postgresql:
DO $$
DECLARE given record;
BEGIN
  FOR given IN
    SELECT DISTINCT acl.privilege_type AS act, acl.grantee AS role
    FROM pg_class, aclexplode(pg_class.relacl) AS acl
    WHERE pg_class.oid = CAST('onboarding_accounts' AS regclass)
      AND acl.grantee <> pg_class.relowner
  LOOP
    EXECUTE 'GRANT ' || given.act || ' ON onboarding_proposals TO '
      || CASE given.role WHEN 0 THEN 'PUBLIC'
         ELSE CAST(CAST(given.role AS regrole) AS text) END;
  END LOOP;
END $$;
*/
