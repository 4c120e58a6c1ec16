"""A mark with its text: given by the organ that called, 1 to 5 (R-10)."""

from datetime import datetime

import msgspec

from services.chassis.events import Actor
from services.routing.errors.call import MarkOutOfRange
from services.routing.model.texts import required

_MARKS = range(1, 6)


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """A rating, never changed afterwards."""

    mark: int
    text: str
    at: datetime
    by: Actor

    @classmethod
    def give(cls, mark: int, text: str, by: Actor, now: datetime) -> "Rating":
        """Raises MarkOutOfRange, TextMissing."""
        if mark not in _MARKS:
            raise MarkOutOfRange(path=("mark",))
        return cls(mark=mark, text=required(text, "text", "评价说明", ("text",)), at=now, by=by)
