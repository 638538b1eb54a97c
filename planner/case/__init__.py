"""The case: index sets and look-ups, prepared once."""
