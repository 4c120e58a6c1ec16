"""Real messages as a month of reports: each keeps its day of the month and its hour, or gets one by its number."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from services.intake.importing import mapping, sources
from services.intake.model.values import Place
from services.intake.reference import Reference
from services.routing.model.clock.calendar import LOCAL

# Reports by hour of the day, roughly as hotlines publish them: few at night, most in the late morning.
_HOURS = (1, 1, 1, 1, 1, 2, 3, 6, 10, 12, 12, 10, 8, 9, 10, 10, 9, 8, 6, 5, 5, 4, 3, 2)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One report to be filed at `at`, by a resident who is called `person`; `called`: by the grid's attendant, as a call."""

    at: datetime
    person: str
    kind: str
    text: str
    category: str | None
    place: Place
    urgent: bool
    called: bool


def read_month(file: Path, month: datetime, reference: Reference, limit: int | None) -> tuple[list[Message], int]:
    """The messages of a file over the month that begins at `month`, by time; and how many lines could not be read."""
    days = (_next_month(month) - month).days
    found: list[Message] = []
    unread = 0
    for line in _lines(file, limit):
        record = line.record
        if record is None or not record.text.strip() or len(record.text) > 4000:
            unread += 1
            continue
        number = int.from_bytes(hashlib.blake2b(record.id.encode(), digest_size=8).digest())
        place, _ = mapping.place(reference.areas, file.name, record)
        category = mapping.category(reference.categories, record)
        found.append(
            Message(
                at=_moment(record.occurred_at, month, days, number),
                person=f"person_resident_{record.id}",
                kind=mapping.kind(record).value,
                text=record.text,
                category=category.id if category else None,
                place=place,
                urgent=number % 20 == 0,
                called=number % 12 == 1,
            )
        )
    return sorted(found, key=lambda message: message.at), unread


def _lines(file: Path, limit: int | None) -> Iterator[sources.Line]:
    for count, line in enumerate(sources.read(file)):
        if count == limit:
            return
        yield line


def _moment(given: datetime | None, month: datetime, days: int, number: int) -> datetime:
    if given is not None:
        local = given.astimezone(LOCAL)
        return month + timedelta(days=(local.day - 1) % days, hours=local.hour, minutes=local.minute)
    day, rest = number % days, number // days
    return month + timedelta(days=day, hours=_weighted(_HOURS, rest), minutes=rest // 1000 % 60)


def _weighted(weights: Sequence[int], number: int) -> int:
    left = number % sum(weights)
    for index, weight in enumerate(weights):
        if left < weight:
            return index
        left -= weight
    raise AssertionError("weights add up")


def _next_month(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
