"""A large plan taken apart: by site, by blocks, and in longer periods first."""
