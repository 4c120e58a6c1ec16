"""Reports from files: two formats, one stated rule for place and category, every line accounted for."""
