"""The language of conditions: its truths, and what it waits for."""
