"""Lists that people keep in a spreadsheet: CSV with a header line, or a JSON array, read row by row into one shape."""

import csv
import io
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from services.chassis.errors import InvalidInput, Refusal
from services.routing.errors.asset import TooManyRows

MAX_ROWS = 2000

T = TypeVar("T")


class RowFormat(StrEnum):
    """How a list is written down."""

    CSV = "csv"
    JSON = "json"


class BadRow(msgspec.Struct, frozen=True):
    """A row that cannot be used; the first is 1, the header of a CSV not counted."""

    number: int
    why: Refusal


class Rows(msgspec.Struct, Generic[T]):
    """What was read: number and value of the good rows, and the bad ones."""

    good: list[tuple[int, T]]
    bad: list[BadRow]


def read_rows(written: RowFormat, content: str, kind: type[T]) -> Rows[T]:
    """The rows of `content` as `kind`; empty cells are values not given. Raises InvalidInput, TooManyRows."""
    rows: Rows[T] = Rows([], [])
    for number, cells in enumerate(_cells(written, content), 1):
        if number > MAX_ROWS:
            raise TooManyRows(path=("content",), limit=MAX_ROWS)
        try:
            rows.good.append((number, msgspec.convert(cells, kind, strict=written is RowFormat.JSON)))
        except msgspec.ValidationError as error:
            rows.bad.append(BadRow(number, InvalidInput(reason=str(error))))
    if not rows.good and not rows.bad:
        raise InvalidInput(path=("content",), reason="no rows")
    return rows


def _cells(written: RowFormat, content: str) -> Iterator[Any]:
    if written is RowFormat.CSV:
        reader = csv.DictReader(io.StringIO(content.lstrip("\ufeff")), restkey="", strict=True)
        try:
            for row in reader:
                yield {name: cell for name, cell in row.items() if cell}
        except csv.Error as error:
            raise InvalidInput(path=("content",), reason=f"CSV line {reader.line_num}: {error}") from error
        return
    try:
        yield from msgspec.json.decode(content, type=list[Any])
    except msgspec.DecodeError as error:
        raise InvalidInput(path=("content",), reason=str(error)) from error
