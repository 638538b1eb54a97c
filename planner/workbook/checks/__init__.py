"""Rules across cells and sheets."""
