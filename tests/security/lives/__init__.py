"""Random lives in a shop, and what must hold in all of them."""
