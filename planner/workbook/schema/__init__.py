"""The sheets, declared once, and what a cell may hold."""
