"""Working time: when clocks run. Chinese public holidays and make-up workdays (调休) come from the chinesecalendar package, which is
released again each autumn when the State Council announces the next year; what a place keeps besides is data of the policy.

A calendar has a version that is stored with every deadline, so that it can be told by which one it was computed (domain.md §3.9).
"""

import functools
import hashlib
import importlib.metadata
from datetime import UTC, date, datetime, time, timedelta, timezone

import chinese_calendar
import msgspec

ROUND_THE_CLOCK = "24x7"
WORKING = "working"

# One time zone for the whole country, without summer time.
LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
_ANNOUNCED = range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)
_PACKAGE = importlib.metadata.version("chinesecalendar")
_DAY = timedelta(days=1)


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a working day, local time."""

    opens: time
    closes: time


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """When a clock runs: always (`periods` empty), or in the periods of working days.

    `closed` and `opened` are days that differ from the national calendar. A year that is not announced yet counts Monday to Friday.
    """

    id: str
    periods: tuple[Period, ...] = ()
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    @property
    def version(self) -> str:
        """Names what a deadline was computed with: this definition and the national calendar it stands on."""
        return _version(self)

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works that day, local date."""
        if not self.periods or day in self.opened:
            return True
        if day in self.closed:
            return False
        return _is_workday(day)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The moment when `amount` of this calendar's time has passed since `start`, which is aware. UTC."""
        if not self.periods:
            return (start + amount).astimezone(UTC)
        moment = start.astimezone(LOCAL)
        left = amount
        day = moment.date()
        while True:
            for opens, closes in self._periods_of(day):
                begin = max(opens, moment)
                if begin >= closes:
                    continue
                if left <= closes - begin:
                    return (begin + left).astimezone(UTC)
                left -= closes - begin
            day += _DAY

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much of this calendar's time lies between two aware moments; nothing when `end` is not after `start`."""
        if end <= start:
            return timedelta()
        if not self.periods:
            return end - start
        total, day = timedelta(), start.astimezone(LOCAL).date()
        while day <= end.astimezone(LOCAL).date():
            for opens, closes in self._periods_of(day):
                total += max(min(closes, end) - max(opens, start), timedelta())
            day += _DAY
        return total

    def runs_at(self, moment: datetime) -> bool:
        """Whether the clock runs at this aware moment."""
        if not self.periods:
            return True
        local = moment.astimezone(LOCAL)
        return any(opens <= local < closes for opens, closes in self._periods_of(local.date()))

    def _periods_of(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            return []
        return [
            (datetime.combine(day, period.opens, LOCAL), datetime.combine(day, period.closes, LOCAL))
            for period in self.periods
        ]


@functools.lru_cache(maxsize=4096)
def _is_workday(day: date) -> bool:
    """By the national calendar. Remembered, because every clock that starts asks for the same few days."""
    return bool(chinese_calendar.is_workday(day)) if day.year in _ANNOUNCED else day.weekday() < 5


@functools.lru_cache(maxsize=64)
def _version(calendar: Calendar) -> str:
    if not calendar.periods:
        return calendar.id
    digest = hashlib.blake2b(msgspec.json.encode(calendar, order="deterministic"), digest_size=4)
    return f"{calendar.id}-{digest.hexdigest()}/chinesecalendar-{_PACKAGE}"


ALWAYS = Calendar(id=ROUND_THE_CLOCK)
OFFICE_HOURS = Calendar(
    id=WORKING,
    periods=(
        Period(opens=time(8, 30), closes=time(12)),
        Period(opens=time(14, 30), closes=time(17, 30)),
    ),
)
