"""The closed language of conditions: what may be asked of values that are known."""
