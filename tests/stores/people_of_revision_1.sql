-- Some people, as tables of revision 1 held them: instants in microseconds since 1970,
-- secrets as base64url of SHA-256. 1770091506789123 is 2026-02-03T04:05:06.789123Z, and
-- an hour is 3600000000. What this release reads from it stands in `people.py`.

INSERT INTO onboarding_accounts
  (id, kind, epoch, version, created_at, ending, merged_into, ref)
VALUES
  ('gggggggggggggggggggg', 0, 0, 0, 1770091506789123, NULL, NULL, NULL),
  ('pppppppppppppppppppp', 1, 2, 7, 1770091506789123, NULL, NULL, 'customer 7'),
  ('mmmmmmmmmmmmmmmmmmmm', 0, 0, 3, 1770091506789123, 'merged', 'pppppppppppppppppppp',
   NULL),
  ('eeeeeeeeeeeeeeeeeeee', 1, 1, 9, 1770091506789123, 'erased', NULL, NULL),
  ('xxxxxxxxxxxxxxxxxxxx', 0, 0, 1, 1770091506789123, 'expired', NULL, NULL);

-- The hashes are of 43 times "a", and of 43 times "b".
INSERT INTO onboarding_sessions
  (id, account_id, secret_hash, epoch, carrier, created_at, seen_after)
VALUES
  ('11111111111111111111', 'gggggggggggggggggggg',
   'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA', 0, 0, 1770091506789123, 0),
  ('22222222222222222222', 'pppppppppppppppppppp',
   '8BtXImJhrjdWuTk24cTmuEn5pbCTP6O5GEO_QZW52WQ', 2, 0, 1770091506789123, 3600000001),
  ('33333333333333333333', 'pppppppppppppppppppp', -- began before the epoch rose
   '8BtXImJhrjdWuTk24cTmuEn5pbCTP6O5GEO_QZW52WQ', 1, 0, 1770087906789123, 0),
  ('44444444444444444444', 'gggggggggggggggggggg', -- of the other kind
   '8BtXImJhrjdWuTk24cTmuEn5pbCTP6O5GEO_QZW52WQ', 0, 1, 1770091506789124, 0);

INSERT INTO onboarding_identities
  (issuer, subject, account_id, provider, email, email_trust, name, linked_at, used_at)
VALUES
  ('https://accounts.example', '248289761001', 'pppppppppppppppppppp', 'example',
   'zoe@example.org', 2, 'Zoë’s 書店 🦉 \ '' " % _ ; --
', 1770091506789123, 1770095106789123),
  ('https://github.com', '1', 'pppppppppppppppppppp', 'github',
   NULL, 0, NULL, 1770095106789123, 1770095106789123);

INSERT INTO onboarding_contacts
  (account_id, address, typed, level, given_at, proven_by, proven_at)
VALUES
  ('gggggggggggggggggggg', 'zoe@example.org', 'Zoe@Example.ORG', 0, 1770091506789123,
   NULL, NULL),
  ('pppppppppppppppppppp', 'zoe@example.org', 'zoe@example.org', 2, 1770091506789123,
   'example', 1770095106789123),
  ('pppppppppppppppppppp', 'zoe@example.net', 'zoe@example.net', 1, 1770095106789123,
   NULL, NULL); -- reached by mail, which is no proof

INSERT INTO onboarding_proven_addresses (address, account_id)
VALUES
  ('zoe@example.com', 'pppppppppppppppppppp'),
  ('zoe@example.org', 'pppppppppppppppppppp');

INSERT INTO onboarding_intents
  (id, purpose, secret_hash, account_id, data, next, expires_at)
VALUES
  ('55555555555555555555', 'sign_in', 'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA',
   NULL, '{"provider":"example","nonce":null}', '/', 1770091506789123),
  ('66666666666666666666', 'confirm', '8BtXImJhrjdWuTk24cTmuEn5pbCTP6O5GEO_QZW52WQ',
   'gggggggggggggggggggg', '{}', '/orders/7?all=1', 1770095106789123);

INSERT INTO onboarding_receipts (source, target, at, moved)
VALUES
  ('mmmmmmmmmmmmmmmmmmmm', 'pppppppppppppppppppp', 1770091506789123,
   '{"orders":"3 moved"}'),
  ('nnnnnnnnnnnnnnnnnnnn', 'pppppppppppppppppppp', 1770095106789123, '{}');

INSERT INTO onboarding_attention (account_id, item, act, visit, at, hard)
VALUES
  ('gggggggggggggggggggg', 'question:genre', 'shown', '1', 1770091506789123, 1),
  ('gggggggggggggggggggg', 'question:genre', 'snoozed', '1', 1770095106789123, 0),
  ('pppppppppppppppppppp', 'prompt:nps', 'dismissed', '2', 1770091506789123, 0);

INSERT INTO onboarding_answers
  (account_id, question, reply, value, source, via, feature, answered_at)
VALUES
  ('pppppppppppppppppppp', 'genre', 'value', '["poetry","詩"]', 3, NULL, 'shelf',
   1770091506789123),
  ('pppppppppppppppppppp', 'income', 'declined', 'null', 2, NULL, NULL,
   1770091506789123),
  ('pppppppppppppppppppp', 'locale', 'value', '"nl"', 1, 'example', NULL,
   1770091506789123);

INSERT INTO onboarding_responses
  (account_id, id, prompt, score, text, given_at, reply, replied_by, replied_at, seen_at)
VALUES
  ('gggggggggggggggggggg', '77777777777777777777', 'nps', NULL, 'Slow!',
   1770091506789123, NULL, NULL, NULL, NULL),
  ('pppppppppppppppppppp', '88888888888888888888', 'nps', 0, '', 1770091506789123,
   'We are sorry.', 'ann', 1770095106789123, 1770095106789123);

INSERT INTO onboarding_events (account_id, id, at, day, name, data)
VALUES
  ('mmmmmmmmmmmmmmmmmmmm', '11111111111111111111', 1770091506789123, 20487,
   'guest_started', NULL),
  ('pppppppppppppppppppp', '22222222222222222222', 1770095106789123, 20487,
   'order_placed', '{"total":8.5,"is_gift":false}');

INSERT INTO onboarding_deliveries (account_id, event_id, due_at, tries, taken)
VALUES
  ('mmmmmmmmmmmmmmmmmmmm', '11111111111111111111', 1770091506789123, 0, ''),
  ('pppppppppppppppppppp', '22222222222222222222', 1770095106789123, 4, 'log mail');
