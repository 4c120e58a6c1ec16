"""Who may see and do what, by subject (docs/architecture.md, Callers). What may not be seen is not found."""
