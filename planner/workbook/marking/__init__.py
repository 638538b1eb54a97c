"""A copy of a workbook in which every cell to mend is marked."""
