"""Write templates, the data dictionary, and inputs in other formats."""
