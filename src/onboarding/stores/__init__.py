"""Where nouns are kept: memory, SQLite, PostgreSQL."""
