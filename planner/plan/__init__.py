"""Result tables of a plan, its checker, and its folder on disk."""
