"""The plan as a workbook for people."""
