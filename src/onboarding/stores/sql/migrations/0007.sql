-- What changes in what onboarding keeps, revision 7.

-- A session is carried by the cookie of a browser, or by an app. Those of before are
-- carried by cookies. ------------------------------------------------------------------

ALTER TABLE onboarding_sessions ADD COLUMN app TEXT; -- its client_id; NULL for a cookie
