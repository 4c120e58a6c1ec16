"""Moments that people give: with a time zone, and as MongoDB keeps them, so that what is answered is what is read later."""

from datetime import UTC, datetime

from services.chassis.errors import InvalidInput


def moment(given: datetime, field: str) -> datetime:
    """The moment in UTC, to the millisecond; `field` points to it when it is refused. Raises InvalidInput without a zone."""
    if given.tzinfo is None:
        raise InvalidInput(path=(field,), reason="time zone")
    return given.astimezone(UTC).replace(microsecond=given.microsecond // 1000 * 1000)
