"""Files of foreign reports, read line by line: JSON Lines of messages, and CSV of 311 requests."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

_LINE_LIMIT = 1_048_576
_NOT_UTF8 = "�"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign report in our words."""

    id: str
    text: str
    category: str = ""
    subcategory: str = ""
    occurred_at: datetime | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a file, or why it is none; `offset` is where the next begins."""

    number: int
    offset: int
    record: Record | None = None
    reason: str | None = None


class UnknownFormat(Exception):
    """The file's name ends in neither .jsonl nor .csv, or its columns are not ours."""


class _Message(msgspec.Struct):
    id: str
    body: str
    title: str | None = None
    submitted_at: datetime | None = None
    category_l1: str | None = None


_COLUMNS = ("id", "created_at", "category", "subcategory")
_message = msgspec.json.Decoder(_Message)


def digest(path: Path) -> str:
    """SHA-256 of the file, by which an interrupted import is known again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(path: Path, offset: int = 0, number: int = 0) -> Iterator[Line]:
    """The records after `offset`, where line `number` ended. Memory does not grow with the file. Raises UnknownFormat."""
    if path.suffix in (".jsonl", ".ndjson"):
        lines = _read_messages
    elif path.suffix == ".csv":
        lines = _read_requests
    else:
        raise UnknownFormat(f"{path.name}: expected .jsonl or .csv")
    with path.open("rb") as file:
        yield from lines(file, offset, number)


def _read_messages(file: BinaryIO, offset: int, number: int) -> Iterator[Line]:
    file.seek(offset)
    while line := file.readline(_LINE_LIMIT + 1):
        number += 1
        if len(line) > _LINE_LIMIT and not line.endswith(b"\n"):
            while (rest := file.readline(_LINE_LIMIT)) and not rest.endswith(b"\n"):
                pass
            yield Line(number=number, offset=file.tell(), reason="line too long")
            continue
        if not line.strip():
            continue
        try:
            message = _message.decode(line.removeprefix(b"\xef\xbb\xbf"))
            record = Record(
                id=_identifier(message.id),
                text="\n".join(part for part in (message.title, message.body) if part and part.strip()),
                category=message.category_l1 or "",
                occurred_at=_moment(message.submitted_at),
            )
        except (msgspec.DecodeError, ValueError) as error:
            yield Line(number=number, offset=file.tell(), reason=_reason(error))
        else:
            yield Line(number=number, offset=file.tell(), record=record)


def _read_requests(file: BinaryIO, offset: int, number: int) -> Iterator[Line]:
    consumed = number

    def texts() -> Iterator[str]:
        nonlocal consumed
        while line := file.readline():
            consumed += 1
            yield line.decode("utf-8-sig", errors="replace")

    rows = csv.reader(texts())
    header = next(rows, [])
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise UnknownFormat(f"no column {', '.join(missing)}")
    if offset:
        file.seek(offset)
        consumed = number
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Line(number=consumed, offset=file.tell(), reason=f"csv: {error}")
            continue
        if row is None:
            return
        if not row:
            continue
        try:
            record = _request(header, row)
        except ValueError as error:
            yield Line(number=consumed, offset=file.tell(), reason=_reason(error))
        else:
            yield Line(number=consumed, offset=file.tell(), record=record)


def _request(header: list[str], row: list[str]) -> Record:
    if len(row) != len(header):
        raise ValueError(f"{len(row)} columns instead of {len(header)}")
    values = dict(zip(header, row, strict=True))
    if any(_NOT_UTF8 in values[name] for name in _COLUMNS):
        raise ValueError("not UTF-8")
    category, subcategory = values["category"].strip(), values["subcategory"].strip()
    created_at = values["created_at"].strip()
    return Record(
        id=_identifier(values["id"].strip()),
        text=": ".join(part for part in (category, subcategory) if part),
        category=category,
        subcategory=subcategory,
        occurred_at=_moment(datetime.fromisoformat(created_at)) if created_at else None,
    )


def _identifier(text: str) -> str:
    if not 1 <= len(text) <= 128:
        raise ValueError("no id")
    return text


def _moment(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("time without zone")
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


def _reason(error: Exception) -> str:
    # The parsers' own words name fields and positions, never a resident's text; dates are quoted, and short.
    return str(error)[:200]
