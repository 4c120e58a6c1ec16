"""The conditions that routing rules and rulings are written in. A condition that is not set does not limit."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated

import msgspec

from services.routing.model.rules.matter import CallLevel, Channel, Kind, Mode, Sensitivity, Track, Urgency


class Condition(StrEnum):
    """What a rule may ask of a matter."""

    CATEGORY = "category"
    AREA = "area"
    AREA_LEVEL = "area_level"
    TIME = "time"
    KIND = "kind"
    CALL_LEVEL = "call_level"
    CHANNEL = "channel"
    TRACK = "track"
    MODE = "mode"
    URGENCY = "urgency"
    SENSITIVITY = "sensitivity"


Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]


class Window(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a rule holds, by the clock of Asia/Shanghai: ISO weekdays, dates including the last, hours excluding the last.

    Hours that end before they begin run over midnight; the weekday and the date are those of the moment itself.
    """

    weekdays: tuple[Weekday, ...] = ()
    from_date: date | None = None
    to_date: date | None = None
    from_time: time | None = None
    to_time: time | None = None

    def holds(self, local: datetime) -> bool:
        """Whether the moment, in local time, lies in the window."""
        if self.weekdays and local.isoweekday() not in self.weekdays:
            return False
        if not (self.from_date or local.date()) <= local.date() <= (self.to_date or local.date()):
            return False
        start, end, now = self.from_time or time.min, self.to_time or time.max, local.time()
        return start <= now < end if start < end else now >= start or now < end

    def __str__(self) -> str:
        days = ",".join(str(day) for day in self.weekdays)
        dates = f"{self.from_date or ''}/{self.to_date or ''}" if self.from_date or self.to_date else ""
        hours = ""
        if self.from_time or self.to_time:
            hours = f"{self.from_time or time.min:%H:%M}–{self.to_time or time.max:%H:%M}"
        return " ".join(part for part in (f"weekdays {days}" if days else "", dates, hours) if part)


class Conditions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Conditions beside category and area: any of the values named."""

    time: Window | None = None
    kinds: tuple[Kind, ...] = ()
    call_levels: tuple[CallLevel, ...] = ()
    channels: tuple[Channel, ...] = ()
    tracks: tuple[Track, ...] = ()
    modes: tuple[Mode, ...] = ()
    urgencies: tuple[Urgency, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()


# Which field of `Conditions` asks for which condition, in the order in which they are tried; the condition is named like the fact.
ONE_OF: tuple[tuple[str, Condition], ...] = (
    ("kinds", Condition.KIND),
    ("call_levels", Condition.CALL_LEVEL),
    ("channels", Condition.CHANNEL),
    ("tracks", Condition.TRACK),
    ("modes", Condition.MODE),
    ("urgencies", Condition.URGENCY),
    ("sensitivities", Condition.SENSITIVITY),
)
