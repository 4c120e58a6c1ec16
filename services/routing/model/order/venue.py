"""A venue: a place where people are received, with its services, hours and staff (阵地, R-38)."""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import msgspec

from services.chassis.events import EventData
from services.chassis.ids import new_id
from services.routing.errors.venue import HoursWrong, VenueRetired
from services.routing.events import venue as events
from services.routing.model.organisation.point import Point
from services.routing.model.texts import required

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class OpeningHours(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Open on a weekday (1 is Monday) from one local time to a later one (`HH:MM`)."""

    weekday: int
    opens: str
    closes: str


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
    """The aggregate."""

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
        """Close it for good."""
        self._allow()
        self.retired_at = now
        return [events.VenueRetired(venue_id=self.id)]

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
