"""What can be asked, one module a subject."""
