"""Calls, whistles, escalations, and the auditor of timed work."""
