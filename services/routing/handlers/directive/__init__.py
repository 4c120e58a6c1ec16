"""Directives, supervisions, meetings, honours."""
