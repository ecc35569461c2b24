-- The shop's own tables, in the same database file as those of onboarding. Every row
-- says whose it is: that is all onboarding must know to bring two people's carts
-- together, to hand out their data, and to erase it.

CREATE TABLE IF NOT EXISTS cart_lines (
    account_id TEXT NOT NULL,
    book TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    state TEXT NOT NULL, -- of the whole cart: 'browsing', or 'checkout'
    PRIMARY KEY (account_id, book)
);

-- A number is never given out twice. Tax law keeps an order for ten years: an erasure
-- empties who it was, and a purge takes the rest in its time.
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    attempt TEXT NOT NULL,
    placed_at TEXT NOT NULL,
    email TEXT,
    name TEXT,
    street TEXT,
    postcode TEXT,
    town TEXT
);
CREATE INDEX IF NOT EXISTS orders_of ON orders (account_id, attempt);

CREATE TABLE IF NOT EXISTS order_lines (
    number INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    book TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    price INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    placed_at TEXT,
    PRIMARY KEY (number, book)
);
CREATE INDEX IF NOT EXISTS order_lines_of ON order_lines (account_id);

INSERT INTO sqlite_sequence (name, seq)
SELECT 'orders', 2040
WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'orders');
