"""Decomposition of large plans: by site, with coarser periods first."""
