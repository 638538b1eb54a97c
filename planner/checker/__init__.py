"""The independent checker: workbook rows and plan tables in, violations out."""
