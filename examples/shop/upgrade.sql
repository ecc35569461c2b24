-- What a file of an earlier shop lacks. An erasure blanks orders instead of deleting
-- them: who it was may be empty, and each line knows how old it is.

ALTER TABLE orders RENAME TO orders_before;
DROP INDEX orders_of;

CREATE TABLE orders (
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

INSERT INTO sqlite_sequence (name, seq)
SELECT 'orders', seq FROM sqlite_sequence WHERE name = 'orders_before';

INSERT INTO orders
SELECT number, account_id, attempt, placed_at, email, name, street, postcode, town
FROM orders_before;

DROP TABLE orders_before;

ALTER TABLE order_lines ADD COLUMN placed_at TEXT;

UPDATE order_lines SET placed_at = (
    SELECT orders.placed_at FROM orders WHERE orders.number = order_lines.number
);
