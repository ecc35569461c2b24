"""Letters: written in the commit of what they tell of, and sent after it."""
