"""Result tables of a plan, and its folder on disk."""
