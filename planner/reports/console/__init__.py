"""Plans, explanations, quotes and faults on a terminal."""
