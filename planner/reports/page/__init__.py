"""The plan as one page to look at, whole in one file."""
