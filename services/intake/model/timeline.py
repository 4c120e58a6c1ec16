"""The complete record of a matter (I-30): append-only entries, each holding the hash of the one before."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.chassis.events import Actor
from services.intake.model.values import Head

NOTHING_YET = Head(length=0, hash="")


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a matter, whichever service it happened in.

    An event of our own is named by `subject` and `sequence`, another service's by `event_id`.
    """

    id: str
    report_id: str
    index: int
    source: str
    type: str
    subject: str
    at: datetime
    recorded_at: datetime
    actor: dict[str, str]
    facts: dict[str, Any]
    previous: str
    hash: str
    sequence: int | None = None
    event_id: str | None = None


def entry_id(report_id: str, index: int) -> str:
    """Entries sort by id within their report."""
    return f"{report_id}/{index:06d}"


def append(
    head: Head,
    *,
    report_id: str,
    type: str,  # noqa: A002 - CloudEvents' word
    subject: str,
    at: datetime,
    recorded_at: datetime,
    actor: Actor,
    facts: Mapping[str, Any],
    sequence: int | None = None,
    event_id: str | None = None,
) -> tuple[Entry, Head]:
    """The next entry after `head`, and the new head."""
    index = head.length + 1
    entry = Entry(
        id=entry_id(report_id, index),
        report_id=report_id,
        index=index,
        source=type.split(".")[1],
        type=type,
        subject=subject,
        at=_milliseconds(at),
        recorded_at=_milliseconds(recorded_at),
        actor=msgspec.to_builtins(actor),
        facts=dict(facts),
        previous=head.hash,
        hash="",
        sequence=sequence,
        event_id=event_id,
    )
    entry = msgspec.structs.replace(entry, hash=_digest(entry))
    return entry, Head(length=index, hash=entry.hash)


def digest(entry: Entry) -> str:
    """SHA-256 over the canonical JSON (sorted keys) of the entry with an empty hash."""
    return _digest(msgspec.structs.replace(entry, hash=""))


def _digest(entry: Entry) -> str:
    return hashlib.sha256(msgspec.json.encode(entry, order="sorted")).hexdigest()


def first_break(report_id: str, head: Head, entries: Iterable[Entry]) -> str | None:
    """What is wrong with a chain, naming the first entry that does not hold; None when all is well."""
    previous, expected = "", 1
    for entry in entries:
        if entry.index != expected:
            return f"{entry_id(report_id, expected)}: missing"
        if entry.id != entry_id(report_id, expected) or entry.previous != previous:
            return f"{entry.id}: does not follow the entry before"
        if entry.hash != digest(entry):
            return f"{entry.id}: was changed"
        previous, expected = entry.hash, expected + 1
        if entry.index == head.length and entry.hash != head.hash:
            return f"{entry.id}: is not what the report remembers"
    if expected <= head.length:
        return f"{entry_id(report_id, expected)}: missing"
    if expected > head.length + 1:
        return f"{entry_id(report_id, head.length + 1)}: is not known to the report"
    return None


def _milliseconds(moment: datetime) -> datetime:
    # What MongoDB gives back must hash the same.
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
