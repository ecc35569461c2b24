"""What sends mail."""
