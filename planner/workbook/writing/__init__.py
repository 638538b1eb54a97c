"""Templates, the data dictionary, and inputs written in another form."""
