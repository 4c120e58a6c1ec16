"""What a screen watches, one module a subject."""
