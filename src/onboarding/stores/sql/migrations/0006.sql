-- What changes in what onboarding keeps, revision 6.

-- Passkeys: what shows an identity that we vouch for ourselves. ------------------------

CREATE TABLE onboarding_passkeys (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL,
  user_handle TEXT NOT NULL,
  public_key TEXT NOT NULL,
  sign_count BIGINT NOT NULL, -- 32 bits, without a sign
  is_syncable INTEGER NOT NULL,
  is_synced INTEGER NOT NULL,
  transports TEXT, -- a JSON list; NULL if empty
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX onboarding_passkeys_account ON onboarding_passkeys (account_id);

CREATE INDEX onboarding_passkeys_handle ON onboarding_passkeys (user_handle);

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
    EXECUTE 'GRANT ' || given.act || ' ON onboarding_passkeys TO '
      || CASE given.role WHEN 0 THEN 'PUBLIC'
         ELSE CAST(CAST(given.role AS regrole) AS text) END;
  END LOOP;
END $$;
*/
