"""Moments and dates as commands and queries give them: what cannot be reckoned with is refused before anything runs."""

from datetime import UTC, date, datetime
from typing import Any

from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition, isoformat
from strawberry.types.scalar import ScalarDefinition, ScalarWrapper

from services.chassis.errors import InvalidInput

# Terms are added to what is given, and zones taken from it: far from the ends of the calendar nothing overflows.
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)


def _moment(given: object) -> datetime:
    """In UTC, to the millisecond as MongoDB keeps it, so that what is answered is what is read later. Raises InvalidInput."""
    try:
        moment = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise InvalidInput(reason="not a moment as of ISO 8601")
    if moment.utcoffset() is None:
        raise InvalidInput(reason="time zone")
    _require_near(moment.date())
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _day(given: object) -> date:
    """Raises InvalidInput."""
    try:
        day = date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        day = None
    if day is None:
        raise InvalidInput(reason="not a date as of ISO 8601")
    _require_near(day)
    return day


def _require_near(day: date) -> None:
    if not _FIRST <= day <= _LAST:
        raise InvalidInput(reason=f"{_FIRST.year} to {_LAST.year}")


def _scalar(base: ScalarDefinition, description: str, parse: Any) -> ScalarDefinition:
    return ScalarDefinition(
        name=base.name,
        description=description,
        specified_by_url=None,
        serialize=isoformat,
        parse_value=parse,
        parse_literal=None,
        origin=base.origin,
    )


MOMENTS: dict[object, type | ScalarWrapper | ScalarDefinition] = {
    datetime: _scalar(
        DateTimeDefinition, "A moment with its time zone, 1900 to 2199 (ISO 8601). 带时区的时刻。", _moment
    ),
    date: _scalar(DateDefinition, "A day, 1900 to 2199 (ISO 8601). 日期。", _day),
}
