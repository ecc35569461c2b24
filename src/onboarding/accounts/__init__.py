"""Who someone is: accounts, sessions, identities, contacts; merge, export, erase."""
