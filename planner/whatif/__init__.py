"""What-ifs: named changes to inputs, plans side by side, many cases at once."""
