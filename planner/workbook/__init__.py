"""Reading, checking and writing workbooks."""
