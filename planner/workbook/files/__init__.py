"""Untrusted files to raw cells: guarded, sandboxed, and never judged."""
