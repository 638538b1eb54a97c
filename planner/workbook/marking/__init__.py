"""Write a copy of a workbook in which every cell at fault is marked."""
