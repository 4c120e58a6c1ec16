"""Moments and durations that people give: with a time zone, and as MongoDB keeps them, so that what is answered is what is read later."""

import math
from datetime import UTC, datetime, timedelta

from services.chassis.errors import InvalidInput

_LONGEST_HOURS = 24 * 365.0


def moment(given: datetime, field: str) -> datetime:
    """The moment in UTC, to the millisecond; `field` points to it when it is refused. Raises InvalidInput without a zone."""
    if given.tzinfo is None:
        raise InvalidInput(path=(field,), reason="time zone")
    return given.astimezone(UTC).replace(microsecond=given.microsecond // 1000 * 1000)


def hours_of(hours: float) -> timedelta:
    """So many hours, a year at most; what is no duration at all is none."""
    return timedelta(hours=min(hours, _LONGEST_HOURS)) if math.isfinite(hours) and hours > 0 else timedelta()
