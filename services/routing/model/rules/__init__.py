"""Who leads a matter, within what time, and the versions of what says so."""
