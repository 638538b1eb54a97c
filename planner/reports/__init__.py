"""Reports of a plan: workbook, console and page."""
