"""Read untrusted files into raw cells, behind a guard and in a sandbox."""
