"""Intake: what residents and posts report, where it is, what became of it, and the complete record of its handling."""
