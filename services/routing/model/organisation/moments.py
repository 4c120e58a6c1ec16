"""Durations that people give."""

import math
from datetime import timedelta

_LONGEST_HOURS = 24 * 365.0


def hours_of(hours: float) -> timedelta:
    """So many hours, a year at most; what is no duration at all is none."""
    return timedelta(hours=min(hours, _LONGEST_HOURS)) if math.isfinite(hours) and hours > 0 else timedelta()
