"""One SQL text for SQLite and PostgreSQL.

``tables`` declares where each noun is kept, and ``steps`` turns a guarded change into
statements; a file per feature has the questions that go beyond a key or an account;
``store`` puts them together; ``sqlite`` and ``postgres`` run them. The text stays
inside a subset that both read alike, and a test holds it there: ``$1`` for a value,
text ids, integers for booleans and for microseconds, no RETURNING, no JSON operators,
no functions of one dialect.

Two families of tables: *finders* (session, identity, proven address, intent,
receipt) have a key of their own and lead to an account; *facts* are keyed by account
first.
"""

DEFAULT_PREFIX = "onboarding_"
"""What the names of our tables begin with, in our SQL and unless configured."""
