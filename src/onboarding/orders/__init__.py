"""Orders of guests: reached by a link, and taken over by whose they are."""
