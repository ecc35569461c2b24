"""Guest checkout: a stranger becomes a guest at the first thing worth keeping."""
