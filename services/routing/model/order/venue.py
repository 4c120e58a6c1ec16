"""A venue: a place where people are received, with its services, hours and staff (阵地, R-38)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import msgspec

from services.chassis.errors import NotFound
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.venue import (
    BookingWrong,
    HoursWrong,
    VenueBookedAhead,
    VenueClosedThen,
    VenueRetired,
    VenueTaken,
)
from services.routing.events import venue as events
from services.routing.model.clock.calendar import LOCAL
from services.routing.model.organisation.point import Point
from services.routing.model.texts import required

_AHEAD, _KEPT = timedelta(days=366), timedelta(days=1)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class OpeningHours(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Open on a weekday (1 is Monday) from one local time to a later one (`HH:MM`)."""

    weekday: int
    opens: str
    closes: str


class VenueUse(StrEnum):
    """What a venue is booked for."""

    MEETING = "meeting"
    MEDIATION = "mediation"
    DELIBERATION = "deliberation"
    RECEPTION = "reception"


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has the venue for a time; `subject_id` is what takes place there, where that is known."""

    id: str
    use: VenueUse
    subject_id: str | None
    starts_at: datetime
    ends_at: datetime
    by: Actor


class VenueRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a venue; kinds and services are open catalogues."""

    name: str
    kind: str
    address: str
    place: Point
    area_id: str
    area_path: tuple[str, ...]
    services: tuple[str, ...]
    hours: tuple[OpeningHours, ...]
    staff_post: str

    def checked(self) -> "VenueRecord":
        """The same, trimmed and in order. Raises a Refusal that names the field."""
        return msgspec.structs.replace(
            self,
            name=required(self.name, "name", "名称", ("name",)),
            kind=required(self.kind, "kind", "种类", ("kind",)),
            address=required(self.address, "address", "地址", ("address",)),
            services=tuple(required(service, "service", "服务", ("services",)) for service in self.services),
            hours=_checked(self.hours),
        )


class Venue(msgspec.Struct, kw_only=True):
    """The aggregate. `bookings` are those that are not over long, the first to begin first; no two overlap."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    name: str
    kind: str
    address: str
    place: Point
    area_id: str
    area_path: tuple[str, ...]
    services: tuple[str, ...]
    hours: tuple[OpeningHours, ...]
    staff_post: str
    bookings: list[Booking] = msgspec.field(default_factory=list)
    retired_at: datetime | None = None

    @classmethod
    def publish(cls, record: VenueRecord) -> tuple["Venue", list[EventData]]:
        """A new venue."""
        venue = cls(id=new_id("venue"), **msgspec.structs.asdict(record.checked()))
        return venue, [venue._announced()]

    def revise(self, record: VenueRecord) -> list[EventData]:
        """Say something else of it."""
        self._allow()
        for name, value in msgspec.structs.asdict(record.checked()).items():
            setattr(self, name, value)
        return [self._announced()]

    def retire(self, now: datetime) -> list[EventData]:
        """Close it for good; nobody may count on it any more."""
        self._allow()
        if ahead := sum(booking.ends_at > now for booking in self.bookings):
            raise VenueBookedAhead(count=ahead)
        self.retired_at = now
        return [events.VenueRetired(venue_id=self.id)]

    def book(
        self, use: VenueUse, subject_id: str | None, period: tuple[datetime, datetime], now: datetime, by: Actor
    ) -> list[EventData]:
        """Have the venue for a time ahead, while it is open and nobody else has it."""
        self._allow()
        starts_at, ends_at = period
        if not now < starts_at <= now + _AHEAD or not starts_at < ends_at <= starts_at + timedelta(days=1):
            raise BookingWrong(path=("endsAt",))
        if not self._open_during(starts_at, ends_at):
            raise VenueClosedThen(path=("startsAt",))
        if any(one.starts_at < ends_at and starts_at < one.ends_at for one in self.bookings):
            raise VenueTaken(path=("startsAt",))
        booking = Booking(
            id=new_id("booking"), use=use, subject_id=subject_id, starts_at=starts_at, ends_at=ends_at, by=by
        )
        kept = [one for one in self.bookings if one.ends_at > now - _KEPT]
        self.bookings = sorted([*kept, booking], key=lambda one: one.starts_at)
        return [
            events.VenueBooked(
                venue_id=self.id,
                booking_id=booking.id,
                use=use,
                starts_at=starts_at,
                ends_at=ends_at,
                post=by.post,
                unit=by.unit,
            )
        ]

    def booking(self, booking_id: str) -> Booking:
        """The booking with this id. Raises NotFound."""
        found = next((one for one in self.bookings if one.id == booking_id), None)
        if found is None:
            raise NotFound(what="booking", path=("bookingId",))
        return found

    def free(self, booking_id: str) -> list[EventData]:
        """Give a booked time back."""
        gone = self.booking(booking_id)
        self.bookings.remove(gone)
        return [events.VenueFreed(venue_id=self.id, booking_id=gone.id)]

    def _open_during(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it is open the whole time; without published hours that is for who receives people there to say."""
        start, end = starts_at.astimezone(LOCAL), ends_at.astimezone(LOCAL)
        if end.date() > start.date() and f"{end:%H:%M}" == "00:00":
            until = "24:00"
        elif end.date() == start.date():
            until = f"{end:%H:%M}"
        else:
            return not self.hours
        return not self.hours or any(
            row.weekday == start.isoweekday() and row.opens <= f"{start:%H:%M}" and until <= row.closes
            for row in self.hours
        )

    def _allow(self) -> None:
        if self.retired_at:
            raise VenueRetired

    def _announced(self) -> events.VenuePublished:
        return events.VenuePublished(
            venue_id=self.id,
            name=self.name,
            kind=self.kind,
            services=list(self.services),
            area_path=list(self.area_path),
            lon=self.place.lon,
            lat=self.place.lat,
            address=self.address,
        )


def _checked(hours: Sequence[OpeningHours]) -> tuple[OpeningHours, ...]:
    ordered = tuple(sorted(hours))
    for row in ordered:
        if not (1 <= row.weekday <= 7 and _TIME.fullmatch(row.opens) and _TIME.fullmatch(row.closes)):
            raise HoursWrong(path=("hours",))
        if row.opens >= row.closes:
            raise HoursWrong(path=("hours",))
    if any(one.weekday == two.weekday and two.opens < one.closes for one, two in pairwise(ordered)):
        raise HoursWrong(path=("hours",))
    return ordered
